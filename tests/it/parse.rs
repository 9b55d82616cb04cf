//! Cases for `parse`.
