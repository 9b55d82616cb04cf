//! Cases for `topics`.
