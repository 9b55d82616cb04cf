//! Cases for `search`.
