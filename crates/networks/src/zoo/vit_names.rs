//! What frameworks call the tensors of vision transformers.

use super::dialect::Dialect;
use super::vit_form::Form;

/// Paths of the layers of a network.
pub(super) struct Names {
    pub patches: &'static str,
    pub class_token: &'static str,
    pub registers: &'static str,
    pub positions: &'static str,
    /// Behind the positions.
    pub norm_before: &'static str,
    /// Behind the last block.
    pub norm: &'static str,
    /// Of the mean of tokens.
    pub norm_of_mean: &'static str,
    pub classifier: &'static str,
    pub unit: fn(usize) -> Unit,
}

/// Paths of the layers of a unit.
pub(super) struct Unit {
    pub norm1: String,
    pub qkv: String,
    pub projection: String,
    pub scale1: String,
    pub norm2: String,
    /// Beside `widen`, in gated perceptrons.
    pub gate: String,
    pub widen: String,
    pub narrow: String,
    pub scale2: String,
}

impl Unit {
    /// The layers of `unit` by their names in the order of the fields.
    fn of(unit: &str, names: [&str; 8]) -> Self {
        let [norm1, qkv, projection, scale1, norm2, widen, narrow, scale2] =
            names.map(|name| format!("{unit}.{name}"));
        Self {
            norm1,
            qkv,
            projection,
            scale1,
            norm2,
            gate: String::new(),
            widen,
            narrow,
            scale2,
        }
    }

    /// With gated perceptrons by the names of gate, widen and narrow.
    fn gated(self, unit: &str, names: [&str; 3]) -> Self {
        let [gate, widen, narrow] = names.map(|name| format!("{unit}.{name}"));
        Self {
            gate,
            widen,
            narrow,
            ..self
        }
    }
}

impl Names {
    pub(super) fn of(dialect: Dialect, form: Form) -> Self {
        match (dialect, form) {
            (Dialect::Torchvision, _) => TORCHVISION,
            (Dialect::OpenClip, _) => OPEN_CLIP,
            (Dialect::Transformers, Form::Clip | Form::OpenAiClip) => TRANSFORMERS_CLIP,
            (_, Form::DinoV3 | Form::DinoV3Gated) => Self::of_dino_v3(dialect, form),
            (Dialect::Transformers, Form::DinoV2 | Form::Registers) => TRANSFORMERS_DINO,
            (Dialect::Transformers, Form::Plain | Form::Mean) => TRANSFORMERS,
            (Dialect::Facebook, _) => Self {
                registers: "register_tokens",
                ..TIMM
            },
            _ => TIMM,
        }
    }

    fn of_dino_v3(dialect: Dialect, form: Form) -> Self {
        let gated: fn(usize) -> Unit = match dialect {
            Dialect::Transformers => |index| {
                let names = ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];
                (TRANSFORMERS_DINO_V3.unit)(index).gated(&format!("layer.{index}"), names)
            },
            Dialect::Facebook => |index| {
                let names = ["mlp.w1", "mlp.w2", "mlp.w3"];
                (TIMM.unit)(index).gated(&format!("blocks.{index}"), names)
            },
            _ => |index| {
                let names = ["mlp.fc1_g", "mlp.fc1_x", "mlp.fc2"];
                (TIMM_EVA.unit)(index).gated(&format!("blocks.{index}"), names)
            },
        };
        let names = match dialect {
            Dialect::Transformers => TRANSFORMERS_DINO_V3,
            Dialect::Facebook => Self {
                registers: "storage_tokens",
                ..TIMM
            },
            _ => TIMM_EVA,
        };
        match form.is_gated() {
            true => Self {
                unit: gated,
                ..names
            },
            false => names,
        }
    }
}

const TIMM: Names = Names {
    patches: "patch_embed.proj",
    class_token: "cls_token",
    registers: "reg_token",
    positions: "pos_embed",
    norm_before: "norm_pre",
    norm: "norm",
    norm_of_mean: "fc_norm",
    classifier: "head",
    unit: |index| {
        let names = [
            "norm1",
            "attn.qkv",
            "attn.proj",
            "ls1.gamma",
            "norm2",
            "mlp.fc1",
            "mlp.fc2",
            "ls2.gamma",
        ];
        Unit::of(&format!("blocks.{index}"), names)
    },
};

/// timm's other class, in which factors are tensors of the block.
const TIMM_EVA: Names = Names {
    unit: |index| {
        let names = [
            "norm1",
            "attn.qkv",
            "attn.proj",
            "gamma_1",
            "norm2",
            "mlp.fc1",
            "mlp.fc2",
            "gamma_2",
        ];
        Unit::of(&format!("blocks.{index}"), names)
    },
    ..TIMM
};

const TORCHVISION: Names = Names {
    patches: "conv_proj",
    class_token: "class_token",
    positions: "encoder.pos_embedding",
    norm: "encoder.ln",
    classifier: "heads.head",
    unit: |index| {
        let names = [
            "ln_1",
            "self_attention.in_proj",
            "self_attention.out_proj",
            "",
            "ln_2",
            "mlp.0",
            "mlp.3",
            "",
        ];
        Unit::of(&format!("encoder.layers.encoder_layer_{index}"), names)
    },
    ..TIMM
};

const OPEN_CLIP: Names = Names {
    patches: "conv1",
    class_token: "class_embedding",
    positions: "positional_embedding",
    norm_before: "ln_pre",
    norm: "ln_post",
    unit: |index| {
        let names = [
            "ln_1",
            "attn.in_proj",
            "attn.out_proj",
            "",
            "ln_2",
            "mlp.c_fc",
            "mlp.c_proj",
            "",
        ];
        Unit::of(&format!("transformer.resblocks.{index}"), names)
    },
    ..TIMM
};

/// Query, key and value are three layers in these files.
const TRANSFORMERS: Names = Names {
    patches: "embeddings.patch_embeddings.projection",
    class_token: "embeddings.cls_token",
    registers: "embeddings.register_tokens",
    positions: "embeddings.position_embeddings",
    norm: "layernorm",
    classifier: "classifier",
    unit: |index| {
        let names = [
            "layernorm_before",
            "attention.attention.query+key+value",
            "attention.output.dense",
            "",
            "layernorm_after",
            "intermediate.dense",
            "output.dense",
            "",
        ];
        Unit::of(&format!("encoder.layer.{index}"), names)
    },
    ..TIMM
};

const TRANSFORMERS_DINO: Names = Names {
    unit: |index| {
        let names = [
            "norm1",
            "attention.attention.query+key+value",
            "attention.output.dense",
            "layer_scale1.lambda1",
            "norm2",
            "mlp.fc1",
            "mlp.fc2",
            "layer_scale2.lambda1",
        ];
        Unit::of(&format!("encoder.layer.{index}"), names)
    },
    ..TRANSFORMERS
};

const TRANSFORMERS_DINO_V3: Names = Names {
    patches: "embeddings.patch_embeddings",
    norm: "norm",
    unit: |index| {
        let names = [
            "norm1",
            "attention.q_proj+k_proj+v_proj",
            "attention.o_proj",
            "layer_scale1.lambda1",
            "norm2",
            "mlp.up_proj",
            "mlp.down_proj",
            "layer_scale2.lambda1",
        ];
        Unit::of(&format!("layer.{index}"), names)
    },
    ..TRANSFORMERS
};

const TRANSFORMERS_CLIP: Names = Names {
    patches: "embeddings.patch_embedding",
    class_token: "embeddings.class_embedding",
    positions: "embeddings.position_embedding.weight",
    norm_before: "pre_layrnorm",
    norm: "post_layernorm",
    unit: |index| {
        let names = [
            "layer_norm1",
            "self_attn.q_proj+k_proj+v_proj",
            "self_attn.out_proj",
            "",
            "layer_norm2",
            "mlp.fc1",
            "mlp.fc2",
            "",
        ];
        Unit::of(&format!("encoder.layers.{index}"), names)
    },
    ..TRANSFORMERS
};
