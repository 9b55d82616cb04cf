//! Pictures of results as SVG, drawn with attributes and classes alone: a page colours them by its stylesheet.

mod matrix;
mod timeline;

pub(crate) use self::matrix::{Cell, Matrix, matrix};
pub(crate) use self::timeline::timeline;
