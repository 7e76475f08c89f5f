//! Multi-head self-attention within windows, with a learnt bias for every distance of two tokens.

mod bias;

use rayon::prelude::*;

use self::bias::Biases;
use crate::attention::{AttentionShape, Head};
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use crate::windows::Windows;

/// Attention of the tokens of a window to each other.
///
/// `qkv` is `[batch, 3, heads, features, windows, tokens]`, queries, keys and values in this order,
/// outputs `[batch, heads, features, windows, tokens]`, `table` `[(2 edge − 1)², heads]`.
///
/// `y[·, i] = Σⱼ pᵢⱼ v[·, j]` within every window and head, with `pᵢⱼ` the softmax over `j` of
/// `q[·, i] · k[·, j] / √features + table[(rᵢ − rⱼ + edge − 1)(2 edge − 1) + cᵢ − cⱼ + edge − 1]`,
/// where `r` and `c` are row and column in the window; less 100 where rolling has made neighbours of
/// `i` and `j`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WindowAttention {
    /// Images.
    pub batch: usize,
    /// Heads.
    pub heads: usize,
    /// Features of one head.
    pub features: usize,
    /// The windows of an image.
    pub windows: Windows,
}

impl WindowAttention {
    /// `y` from `qkv` and `table`, every value overwritten. Products are in single precision.
    pub fn forward(&self, qkv: &[f32], table: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
        self.check(qkv, table, "y", y)?;
        let head = self.head();
        y.par_chunks_mut(self.len())
            .enumerate()
            .for_each(|(index, y)| {
                let [q, k, v] = self.operands(qkv, index);
                let biases = Biases::of(&self.windows, table, [index % self.heads, self.heads]);
                let mut one = [(); 4].map(|()| Scratch::new(self.window_len()));
                for window in 0..self.windows.count() {
                    let [own_q, own_k, own_v, own_y] = &mut one;
                    self.take(window, q, own_q);
                    self.take(window, k, own_k);
                    self.take(window, v, own_v);
                    let bias = biases.bias(window);
                    head.forward([own_q, own_k, own_v], Some(bias), own_y, &[]);
                    self.put(window, own_y, y);
                }
            });
        Ok(())
    }

    /// Gradients of [`forward`](Self::forward): `dqkv` like `qkv`, `dtable` like `table`, every value
    /// overwritten, from `dy` like `y`. The probabilities are computed again.
    pub fn backward(
        &self,
        qkv: &[f32],
        table: &[f32],
        dy: &[f32],
        dqkv: &mut [f32],
        dtable: &mut [f32],
    ) -> Result<(), ShapeError> {
        self.check(qkv, table, "dy", dy)?;
        check_len("dqkv", dqkv, qkv.len())?;
        check_len("dtable", dtable, table.len())?;
        let (head, len) = (self.head(), self.len());
        let gradients: Vec<[&mut [f32]; 3]> = dqkv
            .chunks_mut(3 * self.heads * len)
            .flat_map(|dqkv| {
                let (dq, rest) = dqkv.split_at_mut(self.heads * len);
                let (dk, dv) = rest.split_at_mut(self.heads * len);
                let keys = dk.chunks_mut(len).zip(dv.chunks_mut(len));
                dq.chunks_mut(len)
                    .zip(keys)
                    .map(|(dq, (dk, dv))| [dq, dk, dv])
            })
            .collect();
        let distances: Vec<Vec<f64>> = gradients
            .into_par_iter()
            .zip(dy.par_chunks(len))
            .enumerate()
            .map(|(index, ([dq, dk, dv], dy))| {
                let [q, k, v] = self.operands(qkv, index);
                let biases = Biases::of(&self.windows, table, [index % self.heads, self.heads]);
                let mut dbias = Scratch::new(self.windows.tokens().pow(2));
                dbias.fill(0.0);
                let mut one = [(); 7].map(|()| Scratch::new(self.window_len()));
                for window in 0..self.windows.count() {
                    let [own_q, own_k, own_v, own_dy, own_dq, own_dk, own_dv] = &mut one;
                    self.take(window, q, own_q);
                    self.take(window, k, own_k);
                    self.take(window, v, own_v);
                    self.take(window, dy, own_dy);
                    let operands = [&**own_q, own_k, own_v];
                    let gradients = [&mut **own_dq, own_dk, own_dv];
                    let bias = Some((biases.bias(window), &mut *dbias));
                    head.backward(operands, bias, own_dy, gradients, &[]);
                    self.put(window, own_dq, dq);
                    self.put(window, own_dk, dk);
                    self.put(window, own_dv, dv);
                }
                bias::distances(self.windows.edge, &dbias)
            })
            .collect();
        for (place, gradients) in dtable.chunks_mut(self.heads).enumerate() {
            for (head, gradient) in gradients.iter_mut().enumerate() {
                let of_images = distances.iter().skip(head).step_by(self.heads);
                let total: f64 = of_images.map(|distances| distances[place]).sum();
                *gradient = total as f32;
            }
        }
        Ok(())
    }

    /// Multiply-adds of [`forward`](Self::forward): two products of every query with every key.
    pub fn macs(&self) -> u64 {
        let numbers = self.batch * self.heads * self.len();
        2 * numbers as u64 * self.windows.tokens() as u64
    }

    /// What [`forward`](Self::forward) takes on `threads` threads.
    pub fn forward_demand(&self, threads: usize) -> Demand {
        let own = self.head().forward_demand().and(self.one_demand(4));
        own.on(threads, self.batch * self.heads)
    }

    /// What [`backward`](Self::backward) takes on `threads` threads.
    pub fn backward_demand(&self, threads: usize) -> Demand {
        let own = self.head().backward_demand().and(self.one_demand(7));
        let own = own.and(Demand::floats(self.windows.tokens().pow(2)));
        own.on(threads, self.batch * self.heads)
    }

    /// What biases and `count` operands of a window take.
    fn one_demand(&self, count: usize) -> Demand {
        let one = Demand::floats(self.window_len()).times(count);
        one.and(Demand::floats(Biases::len(&self.windows)))
    }

    fn head(&self) -> Head {
        let shape = AttentionShape {
            batch: self.batch * self.windows.count(),
            heads: self.heads,
            features: self.features,
            tokens: self.windows.tokens(),
        };
        Head::new(Isa::current(), &shape)
    }

    fn check(
        &self,
        qkv: &[f32],
        table: &[f32],
        name: &'static str,
        y: &[f32],
    ) -> Result<(), ShapeError> {
        if self.windows.edge == 0 {
            return Err(ShapeError::Zero { size: "edge" });
        }
        let shape = AttentionShape {
            batch: self.batch,
            heads: self.heads,
            features: self.features,
            tokens: self.windows.count() * self.windows.tokens(),
        };
        check_len(name, y, shape.checked_len()?)?;
        check_len("qkv", qkv, 3 * y.len())?;
        let places = (2 * self.windows.edge - 1).pow(2);
        check_len("table", table, places * self.heads)
    }

    /// Numbers of one head of an image.
    fn len(&self) -> usize {
        self.windows.count() * self.window_len()
    }

    /// Numbers of one head of a window.
    fn window_len(&self) -> usize {
        self.features * self.windows.tokens()
    }

    /// Queries, keys and values of one head of an image; heads count image by image.
    fn operands<'a>(&self, qkv: &'a [f32], index: usize) -> [&'a [f32]; 3] {
        let [image, head] = [index / self.heads, index % self.heads];
        [0, 1, 2].map(|which| {
            let place = (3 * image + which) * self.heads + head;
            &qkv[place * self.len()..][..self.len()]
        })
    }

    /// One window `[features, tokens]` of a head `[features, windows, tokens]`.
    fn take(&self, window: usize, all: &[f32], one: &mut [f32]) {
        let tokens = self.windows.tokens();
        let rows = all.chunks(self.windows.count() * tokens);
        for (to, from) in one.chunks_mut(tokens).zip(rows) {
            to.copy_from_slice(&from[window * tokens..][..tokens]);
        }
    }

    /// The inverse of [`take`](Self::take).
    fn put(&self, window: usize, one: &[f32], all: &mut [f32]) {
        let tokens = self.windows.tokens();
        let rows = all.chunks_mut(self.windows.count() * tokens);
        for (to, from) in rows.zip(one.chunks(tokens)) {
            to[window * tokens..][..tokens].copy_from_slice(from);
        }
    }
}
