//! Networks as they are chosen.

use super::choice::Choice;
use super::dialect::Dialect;
use super::members::{MEMBERS, Member, dialects, names};
use super::nearest::nearest;
use super::option::Opt;
use super::own_layer::OwnBlock;
use super::request::{Built, Request};
use super::{own, variation};
use crate::network::{Input, Network};
use crate::network_error::NetworkError;

/// Builds the chosen network for images of `input` and `classes` outputs.
pub fn network(choice: &Choice, input: Input, classes: usize) -> Result<Network, NetworkError> {
    let ours = dialects(&choice.name).first();
    network_in(
        choice,
        input,
        classes,
        *ours.unwrap_or(&Dialect::Transfusion),
    )
}

/// Builds the chosen network with the names of one of its [`dialects`]: the same layers with other
/// paths.
pub fn network_in(
    choice: &Choice,
    input: Input,
    classes: usize,
    dialect: Dialect,
) -> Result<Network, NetworkError> {
    let name = choice.name.as_str();
    let member = MEMBERS.iter().find(|m| m.name == name);
    if let Some(blocks) = &choice.blocks {
        return own_network(choice, blocks, member, input, classes);
    }
    let Some(member) = member else {
        return Err(NetworkError::Unknown {
            name: name.into(),
            nearest: nearest(name, &names()),
            known: names().join(", "),
        });
    };
    check_options(choice, member.options)?;
    let request = Request {
        choice,
        input,
        classes,
        dialect,
    };
    whole(&request, (member.build)(&request)?)
}

/// The network of built blocks, slimmed or cut short as is chosen.
fn whole(request: &Request, Built { blocks, draws }: Built) -> Result<Network, NetworkError> {
    let Request { choice, .. } = *request;
    let whole = Network {
        name: choice.name.clone(),
        input: request.input,
        classes: request.classes,
        blocks,
        draws,
        first_new: None,
    };
    variation::varied(whole, choice)
}

/// A network of one's own, which has no options but those of every network, and a name of its own.
fn own_network(
    choice: &Choice,
    blocks: &[OwnBlock],
    namesake: Option<&Member>,
    input: Input,
    classes: usize,
) -> Result<Network, NetworkError> {
    let name = choice.name.as_str();
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || "-_.".contains(sign))
        && name.len() <= 64;
    if namesake.is_some() || !is_plain {
        return Err(NetworkError::Own {
            place: format!("`{name}`"),
            expected:
                "a name of 1 to 64 letters, digits, - _ and ., which no network of the zoo has"
                    .into(),
            found: format!("`{name}`"),
        });
    }
    check_options(choice, &[])?;
    let request = Request {
        choice,
        input,
        classes,
        dialect: Dialect::Transfusion,
    };
    whole(&request, own::network(&request, blocks)?)
}

/// Refuses an option that is given and is none of those that the network takes, and says which networks do.
fn check_options(choice: &Choice, takes: &[Opt]) -> Result<(), NetworkError> {
    let refused = |option: &Opt| option.is_given(choice) && !takes.contains(option);
    let Some(option) = Opt::ALL.into_iter().find(refused) else {
        return Ok(());
    };
    let takers = MEMBERS.iter().filter(|m| m.options.contains(&option));
    Err(NetworkError::Option {
        name: choice.name.clone(),
        option: option.name(),
        applies_to: takers.map(|m| m.name).collect::<Vec<_>>().join(", "),
    })
}
