//! Quickwit: against a server that answers from every line by itself, and with `QUICKWIT_URL` against a real one.

mod agreement;
mod corpus;
mod dsl;
mod faults;
mod golden;
mod node;
mod server;
