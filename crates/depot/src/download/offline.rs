//! Machines on which no connection is opened.

/// Environment variable that keeps the program from opening any connection: any value but none, `0`
/// and `false`.
pub const OFFLINE: &str = "TRANSFUSION_OFFLINE";

/// Whether the variable says so.
pub fn is_offline() -> bool {
    std::env::var_os(OFFLINE).is_some_and(|said| !["", "0", "false"].iter().any(|no| said == *no))
}
