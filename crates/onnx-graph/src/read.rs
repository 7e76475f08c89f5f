//! Graphs of files that others wrote.

use super::fields::{Damage, Field, Fields};
use super::stored::{Stored, read_tensor};

/// Most operators and most tensors of a file.
const LIST_LIMIT: usize = 50_000;
/// Most inputs of all operators together.
const EDGE_LIMIT: usize = 500_000;
/// Most inputs or outputs of one operator, and most numbers of one of its arguments.
const ARGUMENT_LIMIT: usize = 512;

/// The operators of a file in its order, and the tensors that it holds. Both lie in the file.
#[derive(Debug, Default)]
pub struct GraphRead<'a> {
    /// Operators.
    pub nodes: Vec<NodeRead<'a>>,
    /// Tensors by name.
    pub tensors: Vec<Stored<'a>>,
}

/// One operator.
#[derive(Debug, Default)]
pub struct NodeRead<'a> {
    /// Its name; files need not have one.
    pub name: &'a str,
    /// What it computes.
    pub operator: &'a str,
    /// Who defined it; empty for ONNX's own.
    pub domain: &'a str,
    /// What it reads, by name; an empty name is an input that is left out.
    pub inputs: Vec<&'a str>,
    /// What it writes, by name.
    pub outputs: Vec<&'a str>,
    /// What it is told besides.
    pub arguments: Vec<(&'a str, Argument<'a>)>,
}

/// What an operator is told besides its inputs.
#[derive(Debug)]
pub enum Argument<'a> {
    /// A number.
    Float(f32),
    /// An integer.
    Int(i64),
    /// A word.
    Text(&'a str),
    /// A list of integers.
    Ints(Vec<i64>),
    /// Numbers.
    Tensor(Stored<'a>),
    /// Anything else.
    Other,
}

impl<'a> NodeRead<'a> {
    /// The argument of a name.
    pub fn argument(&self, name: &str) -> Option<&Argument<'a>> {
        let mut arguments = self.arguments.iter();
        let found = arguments.find(|(known, _)| *known == name);
        found.map(|(_, argument)| argument)
    }

    /// The input at a place, unless it is left out.
    pub fn input(&self, place: usize) -> Option<&'a str> {
        let name = self.inputs.get(place).copied();
        name.filter(|name| !name.is_empty())
    }
}

/// The graph of the ONNX file `bytes`. No tensor is copied: what is taken of memory grows with the
/// names and lists that the file really holds.
pub fn read_graph(bytes: &[u8]) -> Result<GraphRead<'_>, Damage> {
    let mut graph = GraphRead::default();
    let mut edges = 0;
    for field in Fields::of_file(bytes) {
        let field = field?;
        if field.number != 7 {
            continue;
        }
        for part in field.message()? {
            let part = part?;
            match part.number {
                1 => {
                    let node = read_node(&part)?;
                    edges += node.inputs.len();
                    graph.nodes.push(node);
                }
                5 => graph.tensors.push(read_tensor(&part)?),
                _ => {}
            }
            if graph.nodes.len().max(graph.tensors.len()) > LIST_LIMIT || edges > EDGE_LIMIT {
                let expected = format!(
                    "at most {LIST_LIMIT} operators, {LIST_LIMIT} tensors and {EDGE_LIMIT} inputs"
                );
                return Err(part.unexpected(&expected));
            }
        }
    }
    Ok(graph)
}

/// `NodeProto`.
fn read_node<'a>(node: &Field<'a>) -> Result<NodeRead<'a>, Damage> {
    let mut found = NodeRead::default();
    for field in node.message()? {
        let field = field?;
        match field.number {
            1 => found.inputs.push(field.word()?),
            2 => found.outputs.push(field.word()?),
            3 => found.name = field.word()?,
            4 => found.operator = field.word()?,
            5 => found.arguments.push(read_argument(&field)?),
            7 => found.domain = field.word()?,
            _ => {}
        }
        let lists = [
            found.inputs.len(),
            found.outputs.len(),
            found.arguments.len(),
        ];
        if lists.iter().any(|length| *length > ARGUMENT_LIMIT) {
            let expected = format!("at most {ARGUMENT_LIMIT} inputs, outputs or arguments");
            return Err(field.unexpected(&expected));
        }
    }
    Ok(found)
}

/// `AttributeProto`.
fn read_argument<'a>(argument: &Field<'a>) -> Result<(&'a str, Argument<'a>), Damage> {
    let mut name = "";
    let mut found = Argument::Other;
    let mut ints = Vec::new();
    let mut kind = 0;
    for field in argument.message()? {
        let field = field?;
        match field.number {
            1 => name = field.word()?,
            2 => found = Argument::Float(field.float()?),
            3 => found = Argument::Int(field.int()?),
            4 => found = field.word().map_or(Argument::Other, Argument::Text),
            5 => found = Argument::Tensor(read_tensor(&field)?),
            8 => field.ints(&mut ints, ARGUMENT_LIMIT)?,
            20 => kind = field.int()?,
            _ => {}
        }
    }
    // Files of protocol buffers leave out a number that is 0.
    Ok((
        name,
        match (kind, &found) {
            (7, _) => Argument::Ints(ints),
            (1, Argument::Other) => Argument::Float(0.0),
            (2, Argument::Other) => Argument::Int(0),
            (_, Argument::Other) if !ints.is_empty() => Argument::Ints(ints),
            _ => found,
        },
    ))
}
