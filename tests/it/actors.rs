//! Cases for `actors`.
