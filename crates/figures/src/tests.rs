//! What holds for every figure.

use super::*;

const HOSTILE: &str = "</svg><script>alert(1)</script>\u{202e}\u{0}&\"'=1+1";

/// A figure of `count` lines with names and numbers as bad as they get.
fn hostile(count: usize) -> Figure {
    let axes = [Axis::logarithmic(HOSTILE), Axis::straight(HOSTILE)];
    let all = (0..count).map(|n| {
        let y = [0.5, f64::NAN, 0.7, f64::INFINITY, 0.9, 1e300];
        let points = y.iter().enumerate().map(|(i, y)| {
            let ends = Some([y - 0.1, if i == 4 { f64::NAN } else { y + 0.1 }]);
            Point::new((i * i) as f64, y + 0.01 * n as f64)
                .between(ends)
                .noting(HOSTILE)
                .partial(i > 2)
        });
        Series::band(
            format!("{HOSTILE}{n} {}", "long ".repeat(2000)),
            Look::of(n),
            points,
        )
        .and(Form::Dots)
        .and(Form::Intervals)
    });
    Figure::new(HOSTILE, HOSTILE, HOSTILE, axes)
        .with_all(all)
        .against(Reference::new(Place::Y(0.6), HOSTILE))
        .against(Reference::new(Place::X(f64::NAN), HOSTILE))
        .against(Reference::new(Place::Diagonal, ""))
}

fn of_rows(count: usize) -> Figure {
    let names = (0..count).map(|n| match n % 7 {
        0 => Category::heading(HOSTILE),
        1 => Category::new("empty").without_values("no run yet"),
        _ => Category::new(format!("arm {n} with quite a long name")),
    });
    let points = (0..count).filter(|n| n % 7 > 1).map(|n| {
        let x = 0.5 + 0.004 * n as f64;
        Point::new(x, n as f64)
            .between(Some([x - 0.03, x + 0.05]))
            .looking(Look::of(n))
    });
    let points: Vec<Point> = points.collect();
    let axes = [Axis::straight("test AUC"), Axis::categories("arm", names)];
    Figure::new("rows", "Rows", "Rows.", axes)
        .with(Series::dots("mean", Look::BASELINE, points.clone()))
        .with(Series::new(
            "seeds",
            Look::BASELINE,
            [Form::SmallDots],
            points,
        ))
}

fn all() -> Vec<Figure> {
    let sizes = [1, 3, 11, 12, 20, 100];
    sizes
        .into_iter()
        .flat_map(|n| [hostile(n), of_rows(n)])
        .collect()
}

#[test]
fn every_file_is_well_formed_and_holds_only_numbers() {
    for figure in all() {
        let svg = figure.svg();
        let tree = roxmltree::Document::parse(&svg).expect("well-formed SVG");
        for node in tree.descendants().filter(|node| node.is_element()) {
            let name = node.tag_name().name();
            assert!(name != "script" && name != "style", "{name}");
            for attribute in node.attributes() {
                let value = attribute.value();
                assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
                assert!(!attribute.name().starts_with("on"), "{}", attribute.name());
            }
        }
        let html = figure.html();
        assert!(!html.contains("<script") && !html.contains("NaN"));
        // Pixels of the largest would tell nothing more, slowly.
        if figure.series.len() <= 12 {
            assert!(image::load_from_memory(&figure.png().expect("pixels")).is_ok());
        }
    }
}

#[test]
fn nothing_leaves_the_drawing() {
    for figure in all() {
        let svg = figure.svg();
        let tree = roxmltree::Document::parse(&svg).expect("well-formed SVG");
        let root = tree.root_element();
        let length = |name: &str| -> f64 {
            let value = root.attribute(name).expect("a size");
            value.parse().expect("a number")
        };
        let (width, height) = (length("width"), length("height"));
        for node in tree.descendants() {
            let Some(points) = node.attribute("points") else {
                continue;
            };
            for point in points.split(' ') {
                let (x, y) = point.split_once(',').expect("x,y");
                let [x, y] = [x, y].map(|part| part.parse::<f64>().expect("a number"));
                assert!((-2.0..=width + 2.0).contains(&x), "{x} of {width}");
                assert!((-2.0..=height + 2.0).contains(&y), "{y} of {height}");
            }
        }
    }
}

#[test]
fn csv_has_every_digit_and_no_formula() {
    let value = 0.1 + 0.2;
    let figure = Figure::new("a", "", "", [Axis::straight("x"), Axis::straight("y")])
        .with(Series::line("=1+1", Look::of(1), [[value, -1.0 / 3.0]]));
    let csv = figure.csv();
    let row: Vec<&str> = csv.lines().nth(1).expect("a row").split(',').collect();
    assert_eq!(row[0], "'=1+1");
    assert_eq!(row[1].parse(), Ok(value));
    assert_eq!(row[2].parse(), Ok(-1.0 / 3.0));
}

#[test]
fn a_table_lists_what_is_drawn() {
    let line = (0..1000).map(|i| [f64::from(i), 0.5]);
    let axes = || [Axis::straight("x"), Axis::straight("y")];
    let figure = Figure::new("a", "", "", axes()).with(Series::line("a line", Look::of(1), line));
    let thinned = figure.thinned(50);
    assert_eq!(thinned.html().matches("scope=\"row\"").count(), 50);
    assert!(thinned.html().contains("50 of up to 1000 points"));
    assert_eq!(figure.csv().lines().count(), 1001);
    let nothing = Figure::new("a", "", "", axes());
    assert!(nothing.drawable().is_none());
}
