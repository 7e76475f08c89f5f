//! The table of keys as a JSON schema, for editors.

use serde_json::{Map, Value, json};
use study::Bound;

use crate::key::Shape;
use crate::key::{Key, Without};
use crate::tables::{DATA, MODEL, PRETRAIN, STUDY, TRAIN};

/// Which file a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// `study.toml`.
    Study,
    /// What `transfusion pretrain` reads.
    Pretraining,
}

/// The schema of a file, of draft 7. What a source does not read, what has to go together and what
/// only the data can tell is not in it: `transfusion plan` checks that.
pub fn schema(file: File) -> Value {
    let (title, mut schema) = match file {
        File::Study => ("A study of Transfusion", table(STUDY, "")),
        File::Pretraining => {
            let model = json!({ "model": value(&MODEL), "data": {}, "pretrain": {}, "train": {} });
            let mut schema = json!({
                "type": "object",
                "properties": model,
                "required": ["model", "data"],
                "additionalProperties": false,
            });
            schema["properties"]["data"] = table(DATA, "study.md#data");
            schema["properties"]["pretrain"] = table(PRETRAIN, "study.md#pretraining");
            schema["properties"]["train"] = table(TRAIN, "study.md#train");
            ("A source network of Transfusion", schema)
        }
    };
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!(title);
    schema
}

fn table(keys: &[Key], page: &str) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in keys {
        let mut schema = value(&key.shape);
        let own = if key.page.is_empty() { page } else { key.page };
        if let Shape::Table(keys) = key.shape {
            schema = table(keys, own);
        }
        schema["description"] = json!(description(key, own));
        // Some tools take a default for a value to write: it has to be one of the schema's own.
        if let Without::Value(default) = key.without
            && let Some(default) = read(default)
        {
            schema["default"] = default;
        }
        properties.insert(key.name.into(), schema);
        if key.without == Without::Required {
            required.push(key.name);
        }
    }
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn description(key: &Key, page: &str) -> String {
    let mut text = key.about.to_owned();
    if !text.ends_with('.') {
        text.push('.');
    }
    if let Some(first) = text.chars().next() {
        let upper: String = first.to_uppercase().collect();
        text.replace_range(..first.len_utf8(), &upper);
    }
    match key.without {
        Without::Required => text.push_str(" Required."),
        Without::Value(value) => text.push_str(&format!(" Default: {value}.")),
        Without::Words(words) => text.push_str(&format!(" Without it: {words}.")),
    }
    if let Some(example) = key.examples.first() {
        text.push_str(&format!(" Such as {example}."));
    }
    if !page.is_empty() {
        text.push_str(&format!(" docs/{page}"));
    }
    text
}

fn value(shape: &Shape) -> Value {
    match shape {
        Shape::Text(key) => within(json!({ "type": "string" }), key, ["minLength", "maxLength"]),
        Shape::Like(pattern, _) => json!({ "type": "string", "pattern": pattern }),
        Shape::Whole("") => json!({ "type": "integer", "minimum": 0 }),
        Shape::Whole(key) => within(json!({ "type": "integer" }), key, ["minimum", "maximum"]),
        Shape::Number(key) => within(json!({ "type": "number" }), key, ["minimum", "maximum"]),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Words(words) => json!({ "type": "string", "enum": words.list() }),
        Shape::List(of, key) => {
            let list = json!({ "type": "array", "items": value(of) });
            within(list, key, ["minItems", "maxItems"])
        }
        Shape::Tuple(all) => json!({
            "type": "array",
            "items": all.iter().map(value).collect::<Vec<_>>(),
            "minItems": all.len(),
            "maxItems": all.len(),
        }),
        Shape::Map(of) => json!({ "type": "object", "additionalProperties": value(of) }),
        Shape::Table(keys) => table(keys, ""),
        Shape::OneOf(all) => json!({ "anyOf": all.iter().map(value).collect::<Vec<_>>() }),
    }
}

/// The schema with the ends of a bound under these names; open ends under those of numbers.
fn within(mut schema: Value, key: &str, [least, most]: [&str; 2]) -> Value {
    let Some(bound) = Shape::bound(key) else {
        return schema;
    };
    let Bound { is_open, .. } = bound;
    let name = |name: &str, is_open: bool| match (name, is_open) {
        ("minimum", true) => "exclusiveMinimum".to_owned(),
        ("maximum", true) => "exclusiveMaximum".to_owned(),
        (name, _) => name.to_owned(),
    };
    schema[name(least, is_open[0])] = number(bound.least);
    schema[name(most, is_open[1])] = number(bound.most);
    schema
}

/// Whole numbers without a fraction, as schemas have them.
fn number(value: f64) -> Value {
    match value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 {
        true => json!(value as i64),
        false => json!(value),
    }
}

/// A value of TOML as one of JSON; tables are not needed.
fn read(text: &str) -> Option<Value> {
    let value: toml_edit::Value = text.parse().ok()?;
    json_of(&value)
}

fn json_of(value: &toml_edit::Value) -> Option<Value> {
    Some(match value {
        toml_edit::Value::String(text) => json!(text.value()),
        toml_edit::Value::Integer(whole) => json!(whole.value()),
        toml_edit::Value::Float(number) => json!(number.value()),
        toml_edit::Value::Boolean(flag) => json!(flag.value()),
        toml_edit::Value::Array(list) => {
            let entries: Option<Vec<Value>> = list.iter().map(json_of).collect();
            json!(entries?)
        }
        toml_edit::Value::Datetime(_) | toml_edit::Value::InlineTable(_) => return None,
    })
}
