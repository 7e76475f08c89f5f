//! One kernel with its arguments.

/// Where an operand lies, before it is known where that is on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// What outlives programs, by its number in [`Schedule::kept`](super::Schedule).
    Kept(usize),
    /// So many bytes from the start of the arena.
    Arena(usize),
    /// A region of the arena, by number, before the arena is laid out.
    Region(usize),
    /// So many bytes from the start of the tables, which are uploaded once.
    Table(usize),
    /// The numbers of the present step: learning rate and what else it is told.
    Step,
    /// No operand.
    Nowhere,
}

/// What a kernel is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument {
    /// The address of a place: 8 bytes.
    At(Place),
    /// 4 bytes.
    Int(i32),
    /// 4 bytes.
    Float(f32),
}

/// A number of things as a kernel takes it.
///
/// # Panics
/// Panics beyond 2³¹ − 1: a schedule is only made of programs whose extents were checked.
pub fn int(count: usize) -> Argument {
    Argument::Int(
        i32::try_from(count).unwrap_or_else(|_| panic!("{count} is too much for a kernel")),
    )
}

/// Whether, as a kernel takes it.
pub fn flag(is_set: bool) -> Argument {
    Argument::Int(i32::from(is_set))
}

/// One kernel, launched once. A block is 256 threads.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// Its name in the sources.
    pub kernel: &'static str,
    /// Blocks along both axes.
    pub grid: [u32; 2],
    /// In the order of its parameters.
    pub arguments: Vec<Argument>,
    /// The instruction whose end makes it due.
    pub instruction: usize,
}
