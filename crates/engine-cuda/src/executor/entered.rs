//! Programs that a device has been given.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use engine::{BufferId, Instruction, Program};

use super::kept::Tensors;
use super::step::Moves;
use crate::driver::{Context, DeviceMemory, Function, Graph, Module, Stream};
use crate::error::CudaError;
use crate::schedule::{Argument, Place, Schedule, Word};

/// More are scheduled again.
const KNOWN: usize = 64;
/// How often a range of instructions runs before it is recorded: recording costs about as much as
/// launching it a few times.
const RECORDED_AFTER: usize = 2;

/// Where places begin.
pub(super) struct Bases<'a> {
    pub tensors: &'a Tensors,
    pub arena: u64,
    pub step: u64,
}

/// The newest programs.
#[derive(Debug, Default)]
pub(super) struct Programs {
    newest: VecDeque<Entered>,
}

#[derive(Debug)]
struct Entered {
    program: Arc<Program>,
    schedule: Arc<Schedule>,
    moves: Option<Moves>,
    /// None before it is entered, and once something it uses lies elsewhere.
    ready: Option<Ready>,
}

/// A schedule whose places have addresses.
#[derive(Debug)]
struct Ready {
    launches: Vec<(Function, [u32; 2], Vec<u64>)>,
    buffers: Vec<u64>,
    /// Held for the launches.
    _tables: DeviceMemory,
    recorded: BTreeMap<[usize; 2], Recorded>,
}

#[derive(Debug)]
enum Recorded {
    /// So often launched one by one.
    NotYet(usize),
    Graph(Graph),
}

impl Programs {
    fn position(&self, program: &Arc<Program>) -> Option<usize> {
        self.newest
            .iter()
            .position(|known| Arc::ptr_eq(&known.program, program))
    }

    fn find(&self, program: &Arc<Program>) -> Option<&Entered> {
        self.position(program).map(|at| &self.newest[at])
    }

    /// The schedule of a program.
    pub fn schedule(&mut self, program: &Arc<Program>) -> Arc<Schedule> {
        if let Some(known) = self.find(program) {
            return known.schedule.clone();
        }
        let schedule = Arc::new(Schedule::of(program));
        let descent = program.instructions.iter().find_map(|i| match i {
            Instruction::Update { descent, .. } => Some(*descent),
            _ => None,
        });
        let average = program.instructions.iter().find_map(|i| match i {
            Instruction::Average { decay, .. } => Some(*decay),
            _ => None,
        });
        self.newest.truncate(KNOWN - 1);
        self.newest.push_front(Entered {
            program: program.clone(),
            schedule: schedule.clone(),
            moves: descent.map(|descent| Moves { descent, average }),
            ready: None,
        });
        schedule
    }

    /// The schedule of a program that is known.
    pub fn known(&self, program: &Arc<Program>) -> Option<&Schedule> {
        self.find(program).map(|known| &*known.schedule)
    }

    /// How a program moves weights, if it does.
    pub fn moves(&self, program: &Arc<Program>) -> Option<Moves> {
        self.find(program)?.moves
    }

    /// Where a buffer of a program lies.
    pub fn address(&self, program: &Arc<Program>, id: BufferId) -> Option<u64> {
        let ready = self.find(program)?.ready.as_ref()?;
        ready.buffers.get(id.index()).copied()
    }

    /// Something lies elsewhere now.
    pub fn forget_addresses(&mut self) {
        for known in &mut self.newest {
            known.ready = None;
        }
    }

    /// Gives the places of a program addresses, unless they have them.
    pub fn ready(
        &mut self,
        context: &Arc<Context>,
        program: &Arc<Program>,
        module: &Module,
        bases: &Bases,
    ) -> Result<(), CudaError> {
        let Some(at) = self.position(program) else {
            return Ok(());
        };
        let known = &mut self.newest[at];
        if known.ready.is_none() {
            known.ready = Some(Ready::new(context, &known.schedule, module, bases)?);
        }
        Ok(())
    }

    /// Queues the launches of some instructions.
    pub fn run(
        &mut self,
        stream: &Stream,
        program: &Arc<Program>,
        instructions: Range<usize>,
    ) -> Result<(), CudaError> {
        let Some(at) = self.position(program) else {
            return Ok(());
        };
        let known = &mut self.newest[at];
        match &mut known.ready {
            Some(ready) => ready.run(stream, known.schedule.due(&instructions)),
            None => Ok(()),
        }
    }
}

impl Ready {
    fn new(
        context: &Arc<Context>,
        schedule: &Schedule,
        module: &Module,
        bases: &Bases,
    ) -> Result<Self, CudaError> {
        let tables = DeviceMemory::new(context, size_of_val(schedule.tables.as_slice()))?;
        let address = |place: &Place| match place {
            Place::Kept(number) => bases.tensors.address(&schedule.kept[*number].0),
            Place::Arena(offset) => bases.arena + *offset as u64,
            Place::Table(offset) => tables.address() + *offset as u64,
            Place::Step => bases.step,
            Place::Region(_) | Place::Nowhere => 0,
        };
        let words: Vec<u64> = schedule
            .tables
            .iter()
            .map(|word| match word {
                Word::At(place) => address(place),
                Word::Number(number) => *number,
                Word::Floats([low, high]) => {
                    u64::from(low.to_bits()) | u64::from(high.to_bits()) << 32
                }
            })
            .collect();
        tables.write(0, &words)?;
        let bits = |argument: &Argument| match argument {
            Argument::At(place) => address(place),
            Argument::Int(number) => u64::from(number.cast_unsigned()),
            Argument::Float(number) => u64::from(number.to_bits()),
        };
        let launches = schedule
            .launches
            .iter()
            .map(|launch| {
                let arguments = launch.arguments.iter().map(bits).collect();
                Ok((module.function(launch.kernel)?, launch.grid, arguments))
            })
            .collect::<Result<_, CudaError>>()?;
        Ok(Self {
            launches,
            buffers: schedule.places.iter().map(address).collect(),
            _tables: tables,
            recorded: BTreeMap::new(),
        })
    }

    fn run(&mut self, stream: &Stream, due: Range<usize>) -> Result<(), CudaError> {
        let key = [due.start, due.end];
        let recorded = self.recorded.entry(key).or_insert(Recorded::NotYet(0));
        match recorded {
            Recorded::Graph(graph) => return stream.replay(graph),
            Recorded::NotYet(times) if *times < RECORDED_AFTER => *times += 1,
            Recorded::NotYet(_) => {
                let launches = &mut self.launches[due.clone()];
                let graph = stream.record(|| launch(stream, launches))?;
                let replayed = stream.replay(&graph);
                *recorded = Recorded::Graph(graph);
                return replayed;
            }
        }
        launch(stream, &mut self.launches[due])
    }
}

fn launch(
    stream: &Stream,
    launches: &mut [(Function, [u32; 2], Vec<u64>)],
) -> Result<(), CudaError> {
    for (function, grid, arguments) in launches {
        stream.launch(*function, *grid, arguments)?;
    }
    Ok(())
}
