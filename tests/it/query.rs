//! Cases for `query`.
