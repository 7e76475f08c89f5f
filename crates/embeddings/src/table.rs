//! Features as a table: a name and then numbers in every row.

use crate::layer::{Asked, Layer, Mismatch};

/// What the only layer of a table is called.
const LAYER: &str = "features";

pub(crate) fn parse(bytes: &[u8], asked: &Asked) -> Result<(Vec<String>, Vec<Layer>), Mismatch> {
    if let Some(layers) = &asked.layers
        && layers.as_slice() != [LAYER]
    {
        let expected = format!("no `layers`, or [\"{LAYER}\"], of a table, which has one");
        return Err((expected, format!("{layers:?}")));
    }
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    let delimiter = match first.contains(&b'\t') {
        true => b'\t',
        false => b',',
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let damaged = |error: csv::Error| {
        let expected =
            "a .npz archive, or a table with a header line, a name and numbers in every row";
        (expected.into(), error.to_string())
    };
    let header = reader.headers().map_err(damaged)?.clone();
    let place = match &asked.ids {
        Some(name) => header
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| {
                let columns: Vec<&str> = header.iter().take(6).collect();
                (format!("a column `{name}`"), columns.join(", "))
            })?,
        None => 0,
    };
    let (mut ids, mut values) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(damaged)?;
        for (column, cell) in record.iter().enumerate() {
            if column == place {
                ids.push(cell.trim().to_owned());
                continue;
            }
            let value: f32 = cell.trim().parse().map_err(|_| {
                let name = header.get(column).unwrap_or_default();
                (
                    format!("a number in column `{name}`, row {}", ids.len().max(1)),
                    format!("{:?}", cell.chars().take(40).collect::<String>()),
                )
            })?;
            values.push(value);
        }
    }
    let layer = Layer {
        name: LAYER.into(),
        channels: header.len().saturating_sub(1),
        values,
    };
    Ok((ids, vec![layer]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_with_their_names_anywhere() {
        let asked = Asked {
            ids: Some("image".into()),
            layers: None,
        };
        let (ids, layers) =
            parse(b"\xef\xbb\xbff0\timage\tf1\n1\ta\t2\n3\tb\t-4e1\n", &asked).unwrap();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(
            (layers[0].channels, &layers[0].values[..]),
            (2, &[1.0, 2.0, 3.0, -40.0][..])
        );
        for bad in [
            &b"id,f\na,x\n"[..],
            b"id,f\na,1,2\n",
            b"\xff\xfe,f\n\xff,1\n",
        ] {
            assert!(parse(bad, &Asked::default()).is_err());
        }
    }
}
