//! `--version`, and with `--verbose` what the kernels found on this machine.

use kernels::{ISA_VARIABLE, Isa};

use super::exit::Exit;

/// Name and version of the program, with the revision of its source where it is known.
pub fn program() -> String {
    let version = env!("CARGO_PKG_VERSION");
    match env!("TRANSFUSION_REVISION") {
        "" => format!("transfusion {version}"),
        revision => format!("transfusion {version} ({revision})"),
    }
}

pub fn print(verbose: bool) -> anyhow::Result<Exit> {
    output!("transfusion {}", env!("CARGO_PKG_VERSION"));
    if !verbose {
        return Ok(Exit::Done);
    }
    output!("built as      {}", program());
    let isa = Isa::detect();
    let available: Vec<String> = Isa::available().iter().map(Isa::to_string).collect();
    let why = match std::env::var(ISA_VARIABLE) {
        Ok(wish) if wish == isa.to_string() => format!("as {ISA_VARIABLE} says"),
        Ok(wish) => format!("{ISA_VARIABLE}=`{wish}` is not among the available ones and ignored"),
        Err(_) => format!("the widest; {ISA_VARIABLE} overrides it"),
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    output!("instructions  {isa} ({why})");
    output!("available     {}", available.join(", "));
    output!(
        "target        {}-{}",
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    output!("processors    {processors}");
    Ok(Exit::Done)
}
