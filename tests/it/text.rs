//! Cases for `text`.
