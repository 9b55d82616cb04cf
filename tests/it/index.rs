//! Cases for `index`.
