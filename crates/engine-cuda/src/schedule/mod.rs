//! Programs as lists of launches, before any device is at hand.

mod arrange;
mod attention;
mod batch_norm;
mod builder;
mod depthwise;
mod geometry;
mod instruction;
mod launch;
mod layer_norm;
mod layout;
mod lifetime;
mod linear;
mod loss;
mod maps;
mod norm_line;
mod packed;
mod packing;
mod pointwise;
mod pool;
mod product;
mod response;
mod rotation;
mod sums;
mod table;
mod tile;
mod tiling;
mod update;
mod window_attention;
mod word;

pub use self::attention::MOST_FEATURES;
pub use self::builder::{BLOCKS, Builder, THREADS};
pub use self::launch::{Argument, Launch, Place};
pub use self::maps::MapType;
pub use self::word::Word;

use std::collections::BTreeMap;
use std::ops::Range;

use engine::{BufferId, Element, Instruction, Kept, Program, Role};
use kernels::Precision;

use self::layout::lay_out;

/// A program as a list of launches over places: pure data, the same for every device.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// What maps are stored as.
    pub maps: MapType,
    /// What outlives the program, with its numbers, in the order in which places number them.
    pub kept: Vec<(Kept, usize)>,
    /// In order.
    pub launches: Vec<Launch>,
    /// By buffer.
    pub places: Vec<Place>,
    /// By buffer: whether it is `f32` though maps may be bfloat16.
    pub floats: Vec<bool>,
    /// Bytes of the arena: everything that does not outlive the program.
    pub arena_bytes: usize,
    /// What kernels read of many tensors at once, uploaded once.
    pub tables: Vec<Word>,
}

impl Schedule {
    /// The schedule of a program.
    pub fn of(program: &Program) -> Self {
        let maps = maps_of(program);
        let floats = floats_of(program);
        let lifetimes = lifetime::of(program);
        let mut kept = Vec::new();
        let mut builder = Builder {
            program,
            maps,
            at: 0,
            launches: Vec::new(),
            regions: Vec::new(),
            places: vec![Place::Nowhere; program.buffers.len()],
            packed: BTreeMap::new(),
            floats,
            tables: Vec::new(),
        };
        for tenancy in engine::tenancies(program, &lifetimes, |id| builder.bytes(id)) {
            let at = builder.region(tenancy.bytes, tenancy.lifetime);
            if let Argument::At(place) = at {
                for id in tenancy.buffers {
                    builder.places[id.index()] = place;
                }
            }
        }
        for id in program.ids() {
            if let Role::Kept(name) = &program.buffer(id).role {
                builder.places[id.index()] = Place::Kept(kept.len());
                kept.push((name.clone(), program.buffer(id).len()));
            }
        }
        for (at, instruction) in program.instructions.iter().enumerate() {
            builder.at = at;
            instruction::schedule(&mut builder, instruction);
        }
        update::together(&mut builder);
        builder.finish(kept)
    }

    /// The launches that are due when these instructions are run.
    pub fn due(&self, instructions: &Range<usize>) -> Range<usize> {
        let before = |end: usize| self.launches.partition_point(|l| l.instruction < end);
        before(instructions.start)..before(instructions.end)
    }

    /// Bytes of what outlives the program.
    pub fn kept_bytes(&self) -> usize {
        self.kept
            .iter()
            .map(|(_, len)| len * size_of::<f32>())
            .sum()
    }
}

impl Builder<'_> {
    /// Bytes of a buffer on a device.
    fn bytes(&self, id: BufferId) -> usize {
        let buffer = self.program.buffer(id);
        buffer.len()
            * match buffer.element {
                Element::Byte => 1,
                Element::Float if self.is_float(id) => size_of::<f32>(),
                Element::Float => self.maps.bytes(),
            }
    }

    fn finish(mut self, kept: Vec<(Kept, usize)>) -> Schedule {
        // What is done for many at once is due at the last of them; the order of each instruction
        // stays.
        self.launches.sort_by_key(|launch| launch.instruction);
        let (starts, arena_bytes) = lay_out(&self.regions);
        let placed = |place: Place| match place {
            Place::Region(region) => Place::Arena(starts[region]),
            Place::Kept(_) | Place::Arena(_) | Place::Table(_) | Place::Step | Place::Nowhere => {
                place
            }
        };
        for launch in &mut self.launches {
            for argument in &mut launch.arguments {
                if let Argument::At(place) = argument {
                    *place = placed(*place);
                }
            }
        }
        for word in &mut self.tables {
            if let Word::At(place) = word {
                *place = placed(*place);
            }
        }
        Schedule {
            maps: self.maps,
            kept,
            launches: self.launches,
            places: self.places.into_iter().map(placed).collect(),
            floats: self.floats,
            arena_bytes,
            tables: self.tables,
        }
    }
}

/// bfloat16 where a convolution says that its operands are rounded to it.
fn maps_of(program: &Program) -> MapType {
    use Instruction as I;
    let is_rounded = |instruction: &Instruction| match instruction {
        I::Conv { precision, .. }
        | I::ConvGradients { precision, .. }
        | I::ConvInputGradient { precision, .. }
        | I::ConvWeightGradient { precision, .. } => *precision == Precision::Bf16,
        _ => false,
    };
    match program.instructions.iter().any(is_rounded) {
        true => MapType::Bf16,
        false => MapType::Float,
    }
}

/// Whatever is no map, and the logits and their gradients.
fn floats_of(program: &Program) -> Vec<bool> {
    let mut floats: Vec<bool> = program
        .buffers
        .iter()
        .map(|buffer| !Builder::is_map(&buffer.role))
        .collect();
    for id in program.logits.iter().chain(&program.given) {
        floats[id.index()] = true;
    }
    for instruction in &program.instructions {
        if let Instruction::CrossEntropy { dlogits, .. }
        | Instruction::BinaryCrossEntropy { dlogits, .. } = instruction
        {
            floats[dlogits.index()] = true;
        }
    }
    floats
}
