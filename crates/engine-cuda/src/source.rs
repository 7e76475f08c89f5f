//! The sources of the kernels.

/// All kernels, as one source for the compiler of a device.
pub const SOURCE: &str = concat!(
    include_str!("source/prelude.cu"),
    include_str!("source/tile.cu"),
    include_str!("source/matrix.cu"),
    include_str!("source/gather.cu"),
    include_str!("source/convolution.cu"),
    include_str!("source/pixel_reader.cu"),
    include_str!("source/weight_gradient.cu"),
    include_str!("source/depthwise.cu"),
    include_str!("source/linear.cu"),
    include_str!("source/rotation.cu"),
    include_str!("source/attention.cu"),
    include_str!("source/attention_matrix.cu"),
    include_str!("source/window_attention.cu"),
    include_str!("source/pool.cu"),
    include_str!("source/batch_norm.cu"),
    include_str!("source/batch_norm_gradient.cu"),
    include_str!("source/batch_norm_pool.cu"),
    include_str!("source/norm_line.cu"),
    include_str!("source/layer_norm.cu"),
    include_str!("source/average_pool.cu"),
    include_str!("source/pointwise.cu"),
    include_str!("source/response.cu"),
    include_str!("source/arrange.cu"),
    include_str!("source/tiling.cu"),
    include_str!("source/pictures.cu"),
    include_str!("source/loss.cu"),
    include_str!("source/update.cu"),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_sources_is_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert_eq!(SOURCE.matches(text.as_str()).count(), 1, "{}", &text[..80]);
        }
    }
}
