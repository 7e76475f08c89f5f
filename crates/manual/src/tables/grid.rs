//! `[grid]`.

use crate::key::Shape::{self, Flag, List, Map, OneOf, Table, Text, Tuple, Whole};
use crate::key::{Key, STRINGS, optional, required, valued};
use crate::tables::regime;
use crate::words::Words;

const POLICY: Shape = Shape::Words(Words::Policies);

const CHOICE: &[Key] = &[
    optional(
        "name",
        "name in the zoo",
        Shape::Words(Words::Networks),
        "what `file` says",
        &["\"resnet50\""],
    ),
    optional(
        "file",
        "a network of one's own: the file of its blocks, or an ONNX file",
        Text(""),
        "a network of the zoo",
        &["\"mine.toml\"", "\"mine.onnx\""],
    )
    .at("networks.md#a-network-of-your-own"),
    optional(
        "blocks",
        "where a network of an ONNX file is cut: names of blocks and patterns of what the file calls their layers",
        Map(&OneOf(&[Text(""), STRINGS])),
        "where maps become smaller",
        &["{ stem = \"conv1*\", block1 = [\"layer1*\", \"layer2*\"] }"],
    )
    .at("networks.md#an-onnx-file"),
    optional(
        "padding",
        "CBR: zero padding",
        Shape::Words(Words::These(&["same", "valid"])),
        "\"same\"",
        &["\"valid\""],
    ),
    optional(
        "stem",
        "ResNet: first layers",
        Shape::Words(Words::These(&["imagenet", "small"])),
        "\"imagenet\"",
        &["\"small\""],
    ),
    optional(
        "variant",
        "ResNet-50: which framework's network",
        Shape::Words(Words::These(&[
            "torchvision",
            "keras",
            "keras-applications",
        ])),
        "\"torchvision\"",
        &["\"keras\""],
    ),
    optional(
        "auxiliary",
        "Inception-v3: whether it trains with its auxiliary head",
        Flag,
        "false",
        &["true"],
    ),
    optional(
        "slim",
        "block up to which widths are kept; those of every later block are divided",
        Text(""),
        "not slimmed",
        &["\"block2\""],
    ),
    optional(
        "divide",
        "what widths are divided by",
        Whole("grid.model, divide"),
        "2",
        &["4"],
    ),
    optional(
        "truncate",
        "block behind which everything is left out but a new head",
        Text(""),
        "not truncated",
        &["\"block2\""],
    ),
    optional(
        "from",
        "what its weights are called, where one network is there with several",
        Text(""),
        "its only weights",
        &["\"simsiam\""],
    ),
];

/// A network.
pub(crate) const MODEL: Shape = OneOf(&[Shape::Words(Words::Networks), Table(CHOICE)]);

const INIT: &[Key] = &[
    optional(
        "name",
        "name in tables and the report",
        Text("grid.init, name"),
        "made of the other keys",
        &["\"mine\""],
    ),
    optional(
        "transfuse",
        "the blocks up to and including that one are copied, the rest drawn",
        Text(""),
        "another of the keys",
        &["\"block2\""],
    )
    .at("interventions.md#transfusion"),
    optional(
        "load",
        "the selected tensors are copied, the rest by `rest`",
        regime::SELECTION,
        "another of the keys",
        &["\"..block2\""],
    ),
    optional(
        "gabor",
        "the first convolution is a bank of Gabor filters",
        Shape::Words(Words::These(&["grey", "colour"])),
        "another of the keys",
        &["\"grey\""],
    )
    .at("interventions.md#synthetic-filters"),
    optional(
        "scale",
        "`gabor`: standard deviation of the filters",
        Shape::Words(Words::These(&["he", "pretrained"])),
        "\"he\"",
        &["\"pretrained\""],
    ),
    optional(
        "rest",
        "`load`, `gabor`: policy of all other tensors",
        POLICY,
        "\"random\"",
        &["\"mean-var\""],
    ),
    optional(
        "rules",
        "policies by selection; the first that selects a tensor decides",
        List(&Tuple(&[regime::SELECTION, POLICY]), ""),
        "another of the keys",
        &["[[\"stem\", \"load\"], [\"block1..\", \"shuffle\"]]"],
    ),
];

const UNTIL_DECIDED: &[Key] = &[
    required(
        "from",
        "seeds before the first look",
        Whole("grid.seeds, from"),
        &["3"],
    ),
    required("to", "most seeds", Whole("grid.seeds, to"), &["20"]),
];

/// `[grid]`.
pub(super) const GRID: &[Key] = &[
    required(
        "model",
        "networks",
        List(&MODEL, ""),
        &[
            "[\"cbr-tiny\", { name = \"resnet18\", stem = \"small\" }]",
            "[{ file = \"mine.toml\" }]",
            "[{ file = \"mine.onnx\", blocks = { stem = \"conv1*\" } }]",
            "[{ name = \"resnet50\", variant = \"keras\", slim = \"block2\", divide = 4, from = \"imagenet\" }]",
            "[{ name = \"cbr-small\", padding = \"valid\" }, { name = \"inception-v3\", auxiliary = true, truncate = \"block2\" }]",
        ],
    )
    .at("networks.md#the-zoo"),
    required(
        "init",
        "initialisations",
        List(&OneOf(&[Shape::Words(Words::Initialisations), Table(INIT)]), ""),
        &[
            "[\"random\", \"transfer\", { transfuse = \"block2\" }]",
            "[{ load = \"..block2\", rest = \"mean-var\" }, { gabor = \"grey\", scale = \"pretrained\" }]",
            "[{ name = \"mine\", rules = [[\"stem\", \"load\"], [\"block1..\", \"shuffle\"]] }]",
        ],
    )
    .at("study.md#initialisations"),
    optional(
        "regime",
        "training regimes",
        List(&regime::ENTRY, ""),
        "what `train` says",
        &[
            "[\"full\", \"linear-probe\", { freeze = \"..block2\", norms = \"train\", name = \"top\" }]",
            "[\"bitfit\", { lora = { rank = 8, alpha = 16, on = \"linear\" } }, { ssf = { on = \"all\" } }, { adapter = { reduction = 16 } }, { only = \"norms\" }]",
            "[{ layer_decay = 0.75, rates = { head = 10 }, l2_sp = { alpha = 0.1, beta = 0.01 }, lr = 0.5 }]",
            "[{ phases = [{ share = 0.5, freeze = \"stem\" }, { share = 0.5 }] }]",
        ],
    )
    .at("study.md#regimes"),
    valued(
        "train_size",
        "training pictures: nested, stratified draws, or all",
        List(
            &OneOf(&[
                Whole("grid.train_size"),
                Shape::Words(Words::These(&["all"])),
            ]),
            "",
        ),
        "[\"all\"]",
        &["[100, 500, \"all\"]"],
    )
    .at("study.md#sizes-and-seeds"),
    valued(
        "seeds",
        "runs per arm, with seeds from 0 on; or as many as it takes",
        OneOf(&[Whole("grid.seeds"), Table(UNTIL_DECIDED)]),
        "5",
        &["10", "{ from = 3, to = 20 }"],
    )
    .at("study.md#seeds-until-decided"),
    valued(
        "without_weights",
        "what happens to combinations that need weights which are not given",
        Shape::Words(Words::These(&["stop", "skip"])),
        "\"stop\"",
        &["\"skip\""],
    ),
];
