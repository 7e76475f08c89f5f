//! Graphs of ONNX operators, built layer by layer, the files that hold them, and such files read
//! again. What the operators compute is the caller's.
//!
//! ```
//! use onnx_graph::{About, Graph, Value, Weight, file};
//!
//! // One linear layer, from 2 features to 1.
//! let mut graph = Graph::new(&["x", "y"]);
//! let weight = Weight {
//!     path: "layer.weight".into(),
//!     shape: vec![1, 2],
//!     values: &[0.5, -0.5],
//! };
//! let mut site = graph.site("layer", vec![weight]);
//! let x = Value::vector("x".into());
//! site.operator_of_vector("MatMul", x, vec![]);
//! graph.name_last("y");
//!
//! let about = About {
//!     producer: "example",
//!     version: "1",
//!     description: "half the difference of two numbers",
//!     name: "difference",
//!     inputs: &[("x", &[2])],
//!     outputs: &[("y", &[1])],
//!     properties: &[("unit", "mm".to_string())],
//! };
//! let file = file(graph, &about);
//! assert_eq!(file.size(), file.into_bytes().len());
//! ```

mod fields;
mod file;
mod graph;
mod message;
mod read;
mod site;
mod stored;

pub use fields::{Damage, Field, Fields};
pub use file::{About, file};
pub use graph::{Attribute, Graph, ints};
pub use message::Message;
pub use read::{Argument, GraphRead, NodeRead, read_graph};
pub use site::{Form, Site, Value, Weight};
pub use stored::{Stored, StoredError};
