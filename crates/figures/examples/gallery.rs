//! Draws one figure of each kind: `cargo run -p figures --example gallery FOLDER`.

use std::path::Path;

use figures::{Axis, Category, Figure, Form, Look, Place, Point, Reference, Series};

fn curves(count: usize) -> Figure {
    let axes = [
        Axis::straight("training step"),
        Axis::straight("validation AUC").digits(3),
    ];
    let lines = (0..count).map(|n| {
        let points = (0..=40).map(|i| {
            let rise = 1.0 - (-f64::from(i) / (4.0 + n as f64)).exp();
            let y = 0.5 + 0.4 * rise - 0.01 * (n % 5) as f64;
            let ends = [y - 0.02, y + 0.02];
            Point::new(f64::from(i) * 25.0, y)
                .between(Some(ends))
                .partial(i > 30 && n % 4 == 1)
        });
        Series::band(format!("weights {n}"), Look::of(n), points)
    });
    Figure::new(
        &format!("curves-{count}"),
        "cbr-small, all 1,080 training pictures",
        "Validation AUC by training step.",
        axes,
    )
    .with_all(lines)
    .against(Reference::new(Place::Y(0.8), "0.80"))
}

fn rows(count: usize, suffix: &str) -> Figure {
    let names = (0..count).map(|n| match n {
        0 => Category::heading("cbr-small, all 1,080 training pictures"),
        3 => Category::new(format!("failed {n}{suffix}")).without_values("no run yet"),
        n => Category::new(format!("weights {n}{suffix}")),
    });
    let value = |n: usize| 0.7 + 0.01 * (n * 7 % 13) as f64;
    let rows = || (1..count).filter(|n| *n != 3);
    let means = rows().map(|n| {
        let ends = [value(n) - 0.04, value(n) + 0.03];
        Point::new(value(n), n as f64)
            .between(Some(ends))
            .looking(Look::of(n - 1))
    });
    let seeds = rows().flat_map(|n| {
        [-0.02, 0.0, 0.015].map(|d| Point::new(value(n) + d, n as f64).looking(Look::of(n - 1)))
    });
    Figure::new(
        &format!("rows-{count}{suffix}"),
        "Test AUC of all arms",
        "Means with intervals.",
        [
            Axis::straight("test AUC").digits(3),
            Axis::categories("arm", names),
        ],
    )
    .with(Series::new(
        "seeds",
        Look::BASELINE,
        [Form::SmallDots],
        seeds,
    ))
    .with(Series::dots("mean over seeds", Look::BASELINE, means))
    .against(Reference::new(Place::BetweenX([0.74, 0.76]), ""))
    .against(Reference::new(Place::X(0.75), "random"))
}

fn dots(count: usize) -> Figure {
    let lines = (0..count).map(|n| {
        let y = 0.7 + 0.01 * (n * 7 % 13) as f64;
        let point = Point::new(3e5 * (n + 1) as f64, y).between(Some([y - 0.03, y + 0.02]));
        Series::dots(
            format!("network {n}, transfer with a name"),
            Look::of(n),
            [point],
        )
    });
    Figure::new(
        &format!("dots-{count}"),
        "AUC against parameters",
        "Larger is not better.",
        [Axis::logarithmic("parameters"), Axis::straight("test AUC")],
    )
    .with_all(lines)
}

fn blocks(count: usize) -> Figure {
    let names = (0..count).map(|n| Category::new(format!("block{n}")));
    let lines = (0..4).map(|n| {
        let points = (0..count).map(|i| {
            let y = 0.55 + 0.03 * i as f64 - 0.05 * n as f64;
            let y = if n == 2 && i == 2 { f64::NAN } else { y };
            Point::new(i as f64, y).between(Some([y - 0.02, y + 0.02]))
        });
        let name = [
            "random",
            "transfer",
            "mean-var",
            "a name that is far too long for a label",
        ][n];
        Series::band(name, Look::of(n), points).and(Form::Dots)
    });
    Figure::new(
        &format!("blocks-{count}"),
        "By block",
        "Rises.",
        [Axis::categories("block", names), Axis::straight("test AUC")],
    )
    .with_all(lines)
    .against(Reference::new(Place::Y(0.0), ""))
}

fn squares() -> Figure {
    let bins = (0..10).map(|i| {
        let x = f64::from(i) / 10.0 + 0.05;
        Point::new(x, x * x).between(Some([x * x - 0.03, x * x + 0.06]))
    });
    let share = |name: &str| Axis::straight(name).between(0.0, 1.0);
    Figure::new(
        "calibration",
        "Observed against predicted",
        "Too high in the middle.",
        [share("mean predicted probability"), share("observed share")],
    )
    .with(Series::dots("bins", Look::of(1), bins).unnamed())
    .against(Reference::new(Place::Diagonal, ""))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or("gallery".into());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let figures = [
        curves(1),
        curves(4),
        curves(11),
        curves(20),
        curves(100),
        rows(6, ""),
        rows(30, ""),
        rows(
            6,
            " with a name that says all of what was done to it and why",
        ),
        dots(4),
        dots(20),
        blocks(4),
        blocks(14),
        squares(),
    ];
    let mut page = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><style>body{{font:15px sans-serif;background:var(--figure-page);color:var(--figure-text)}}{}</style>",
        figures::style()
    );
    for figure in &figures {
        std::fs::write(folder.join(format!("{}.svg", figure.id())), figure.svg())?;
        if let Some(png) = figure.png() {
            std::fs::write(folder.join(format!("{}.png", figure.id())), png)?;
        }
        page.push_str(&figure.html());
    }
    page.push_str(&format!("<script>{}</script>", figures::SCRIPT));
    std::fs::write(folder.join("index.html"), page)?;
    Ok(())
}
