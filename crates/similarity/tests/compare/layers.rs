//! Maps of layers.

use similarity::{Activations, Convention, Measure, Options, compare, layer_map};

use crate::source::Normal;

#[test]
fn a_map_holds_what_single_comparisons_give() {
    let mut draw = Normal::new(12);
    let a = [
        draw.maps([60, 4, 4, 3]),
        draw.maps([60, 2, 2, 5]),
        draw.maps([60, 1, 1, 7]),
    ];
    let b = [draw.maps([60, 4, 4, 4]), draw.maps([60, 2, 3, 2])];
    let a: Vec<&dyn Activations> = a.iter().map(|layer| layer as &dyn Activations).collect();
    let b: Vec<&dyn Activations> = b.iter().map(|layer| layer as &dyn Activations).collect();
    for convention in [
        Convention::Spatial,
        Convention::Flattened,
        Convention::Pooled,
    ] {
        for positions in [None, Some(3)] {
            let options = Options {
                measures: Measure::ALL.to_vec(),
                convention,
                positions,
                permutations: 0,
                groups: 0,
                pairwise_datapoints: 90,
                ..Options::default()
            };
            let map = layer_map(&a, &b, &options).expect("compares");
            assert_eq!((map.len(), map[0].len()), (3, 2));
            for (i, a) in a.iter().enumerate() {
                for (j, b) in b.iter().enumerate() {
                    let alone = compare(*a, *b, &options).expect("compares").measured;
                    for (mapped, alone) in map[i][j].iter().zip(&alone) {
                        assert_eq!(mapped.measure, alone.measure);
                        match (&mapped.value, &alone.value) {
                            (Ok(mapped), Ok(alone)) => assert!((mapped - alone).abs() < 1e-12),
                            (mapped, alone) => assert_eq!(mapped, alone),
                        }
                    }
                }
            }
        }
    }
    let options = Options {
        permutations: 5,
        groups: 5,
        ..Options::default()
    };
    let map = layer_map(&a, &b, &options).expect("compares");
    assert_eq!(
        map[1][0],
        compare(a[1], b[0], &options).expect("compares").measured
    );
    assert!(layer_map(&a, &[], &options).expect("compares")[2].is_empty());
}
