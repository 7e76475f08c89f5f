//! Files that are none, or that no network here is: refused with their place, never with a panic.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use onnx_graph::{About, Attribute, Graph, file, ints};
use onnx_import::{BlockPatterns, ImportError, import};

fn refusal(bytes: &[u8]) -> String {
    import(bytes, "mine", &BlockPatterns::default())
        .map(|_| ())
        .expect_err("no network")
        .to_string()
}

const PICTURE: (&str, &[usize]) = ("x", &[3, 8, 8]);

/// A file of a graph with 3 × 8 × 8 pixels.
fn written(graph: Graph, inputs: &[(&str, &[usize])], outputs: &[&str]) -> Vec<u8> {
    let outputs: Vec<(&str, &[usize])> = outputs.iter().map(|name| (*name, &[3][..])).collect();
    let about = About {
        producer: "test",
        version: "1",
        description: "",
        name: "graph",
        inputs,
        outputs: &outputs,
        properties: &[],
    };
    file(graph, &about).into_bytes()
}

fn graph() -> Graph<'static> {
    Graph::new(&["x", "y"])
}

fn ended(mut graph: Graph, last: &str) -> Vec<u8> {
    graph.node("end", "GlobalAveragePool", &[last], vec![]);
    graph.name_last("y");
    written(graph, &[PICTURE], &["y"])
}

#[test]
fn what_has_no_layer_is_named() {
    let mut selu = graph();
    let last = selu.node("here", "Selu", &["x"], vec![]);
    let said = refusal(&ended(selu, &last));
    for part in [
        "operator `Selu`",
        "node `here/Selu`",
        "AveragePool",
        "Unsqueeze",
    ] {
        assert!(said.contains(part), "{said}");
    }

    let mut leaky = graph();
    let tenth = leaky.floats("leaky", "slope", &[], vec![0.1]);
    let scaled = leaky.node("leaky", "Mul", &["x", &tenth], vec![]);
    let last = leaky.node("leaky", "Max", &["x", &scaled], vec![]);
    let said = refusal(&ended(leaky, &last));
    assert!(
        said.contains("node `leaky/Max`") && said.contains("another function"),
        "{said}"
    );

    // Read by two sums that are not one inside of the other.
    let mut crossed = graph();
    let pool = |graph: &mut Graph, x: &str| {
        let window = vec![("kernel_shape", ints([3, 3])), ("pads", ints([1, 1, 1, 1]))];
        graph.node("pool", "MaxPool", &[x], window)
    };
    let [a, b] = [(); 2].map(|()| pool(&mut crossed, "x"));
    let [c, d] = [&a, &b].map(|x| pool(&mut crossed, x));
    let first = crossed.node("sum", "Add", &[&a, &d], vec![]);
    let second = crossed.node("sum", "Add", &[&b, &c], vec![]);
    let last = crossed.node("sum", "Add", &[&first, &second], vec![]);
    let said = refusal(&ended(crossed, &last));
    assert!(said.contains("read from several branches"), "{said}");
}

#[test]
fn other_inputs_and_outputs_are_refused() {
    let one = |inputs: &[(&str, &[usize])], outputs: &[&str]| {
        let mut graph = graph();
        graph.node("a", "Relu", &["x"], vec![]);
        graph.name_last("y");
        refusal(&written(graph, inputs, outputs))
    };
    for (inputs, outputs, part) in [
        (
            &[PICTURE, ("z", &[1][..])][..],
            &["y"][..],
            "2 inputs: x, z",
        ),
        (&[PICTURE], &["y", "x"], "2 outputs"),
        (&[("x", &[3, 8])], &["y"], "fixed size"),
        (&[("x", &[3, 0, 8])], &["y"], "fixed size"),
        (&[PICTURE], &["none"], "`none`"),
    ] {
        let said = one(inputs, outputs);
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_small_file_takes_little_memory() {
    // One matrix that a thousand layers read: 4 million numbers in a file of 66 KB.
    let mut shared = graph();
    let weights = vec![0.5; 64 * 64];
    let mean = shared.node("mean", "GlobalAveragePool", &["x"], vec![]);
    let mut last = shared.node("flat", "Flatten", &[&mean], vec![]);
    let first = shared.floats("first", "w", &[3, 64], vec![0.5; 192]);
    last = shared.node("first", "MatMul", &[&last, &first], vec![]);
    let matrix = shared.floats("all", "w", &[64, 64], weights);
    for _ in 0..1000 {
        last = shared.node("all", "MatMul", &[&last, &matrix], vec![]);
    }
    shared.name_last("y");
    let bytes = written(shared, &[PICTURE], &["y"]);
    let error = import(&bytes, "mine", &BlockPatterns::default()).unwrap_err();
    assert!(matches!(error, ImportError::TooMuchCopied), "{error}");

    // Sums inside of sums without end.
    let mut deep = graph();
    let mut last = "x".to_owned();
    for _ in 0..3000 {
        last = deep.node("deep", "Sigmoid", &[&last], vec![]);
        last = deep.node("deep", "Add", &["x", &last], vec![]);
    }
    let said = refusal(&ended(deep, &last));
    assert!(said.contains("branches inside of branches"), "{said}");

    let mut wide = graph();
    let huge = vec![("kernel_shape", Attribute::Ints(vec![i64::MAX, 3]))];
    let last = wide.node("pool", "MaxPool", &["x"], huge);
    let said = refusal(&ended(wide, &last));
    assert!(said.contains("from 0 to 65536"), "{said}");
}

/// Every file of `golden`, cut and changed at many places.
#[test]
fn damage_is_an_error_or_another_network() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut tried = 0;
    for name in [
        "residual.onnx",
        "residual-unfolded.onnx",
        "dense.onnx",
        "next.onnx",
    ] {
        let whole = std::fs::read(folder.join(name)).unwrap();
        import(&whole, "mine", &BlockPatterns::default()).unwrap();
        for length in (0..whole.len()).step_by(13) {
            import(&whole[..length], "mine", &BlockPatterns::default()).ok();
        }
        let mut state = 1_u64;
        for _ in 0..4000 {
            let mut bytes = whole.clone();
            for _ in 0..3 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let at = (state >> 33) as usize % bytes.len();
                bytes[at] = (state >> 20) as u8;
            }
            tried += usize::from(import(&bytes, "mine", &BlockPatterns::default()).is_err());
        }
    }
    assert!(tried > 1000, "{tried} of 16000 were refused");
}
