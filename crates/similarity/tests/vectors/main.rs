//! The numbers of independent numpy formulas and of the original code.

mod floors;
mod linear;
mod original;
mod read;
