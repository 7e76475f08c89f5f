//! The blocks of a network and what each costs:
//! `cargo run --release -p networks --example costs -- resnet50 224`.

use std::env;
use std::error::Error;

use networks::zoo::{self, Choice};
use networks::{Input, Parameter};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let name = words.next().unwrap_or_else(|| "resnet18".into());
    let size = words.next().map_or(Ok(224), |word| word.parse())?;
    let input = Input::square(3, size);
    let network = zoo::network(&Choice::named(name), input, 1000)?;
    let parameters = network.parameters();
    println!("block        tensors     numbers  million multiply-adds");
    for (index, (block, cost)) in network
        .blocks
        .iter()
        .zip(network.block_costs()?)
        .enumerate()
    {
        let own = parameters.iter().filter(|p| p.block == index);
        let numbers: usize = own.clone().map(Parameter::len).sum();
        let (tensors, macs) = (own.count(), cost.macs as f64 / 1e6);
        println!("{:<12} {tensors:>7} {numbers:>11} {macs:>22.1}", block.name);
    }
    Ok(())
}
