//! Every bound of a number or a text of `study.toml`: the one place that says what is too much.
//!
//! The table of docs/study.md is this one; a test holds the two against each other.

use super::bound::Bound;
use super::bound::Counted::{Characters, Entries, Number, Whole};

/// Largest whole number that every reader of JSON takes for itself: 2⁵³ − 1.
const EXACT: f64 = 9_007_199_254_740_991.0;
/// Most steps of a run.
const STEPS: f64 = 1e8;
/// Largest factor: beyond it, what it is added to is lost in the rounding of `f32`.
const FACTOR: f64 = 1e6;
/// Largest learning rate: which of them diverge is found by training.
const RATE_MOST: f64 = 1e12;

const JSON: &str = "readers of JSON round larger whole numbers";
const HELD: &str = "far beyond where any training diverges";
const F32: &str = "float32 keeps seven digits";
const RUN: &str = "at 1,000 steps a second, more than a day";
const SHARE: &str = "a share of a whole";
const LABEL: &str = "it stands in every table and figure";
const MEMORY: &str = "they are held in memory";
const POINTS: &str = "an AUC lies between, and at the ends it is no question";

/// One constant a row, and all of them in the order of the file.
macro_rules! bounds {
    ($($name:ident = $key:literal, $counted:ident, $least:expr, $most:expr, $unit:literal, $why:expr $(, open $low:literal $high:literal)?;)*) => {
        $(
            #[doc = concat!("`", $key, "`.")]
            pub(crate) const $name: Bound =
                Bound::new($key, $counted, [$least, $most], $unit, $why)$(.open($low, $high))?;
        )*
        /// Every bound, in the order of the file.
        pub const BOUNDS: &[Bound] = &[$($name),*];
    };
}

bounds! {
    TITLE = "title", Characters, 0.0, 1000.0, "", "it is one line of a page";

    NAME = "data.name", Characters, 1.0, 200.0, "", LABEL;
    SIZE = "data.size", Whole, 8.0, 1024.0, "pixels on each side", "networks halve maps several times; memory grows with the square";
    CHANNELS = "data.channels", Whole, 1.0, 64.0, "", "frames of a stack, each a channel of the first convolution";
    RANGE = "data.range", Number, -1e12, 1e12, "", "float32 samples beyond it have lost their last digits";
    PROPERTY = "data.property", Characters, 0.0, 1000.0, "", "it is one cell of a table";
    FRACTION = "data.fractions", Number, 0.0, 1.0, "", SHARE;
    FOLDS = "data.folds", Whole, 2.0, 20.0, "parts that are tested in turn", "every part trains all arms anew";
    REPEATS = "data.repeats", Whole, 1.0, 20.0, "", "every repeat trains all folds anew";
    SPLIT_SEED = "data.split_seed", Whole, 0.0, EXACT, "", JSON;
    CACHE_MIB = "data.cache_mib", Whole, 0.0, 16_777_216.0, "MiB", "16 TiB are more than a machine has";
    ALLOW_LEAKS = "data.allow_leaks", Characters, 0.0, 10_000.0, "", "the verdict begins with it";
    CLASSES = "data.classes", Entries, 0.0, 10_000.0, "", "every class is an output of every network";
    CLASS = "data.classes, a name", Characters, 1.0, 255.0, "", LABEL;
    TEST = "data.test, a name", Characters, 1.0, 40.0, "", "it becomes part of names of files, of which file systems take 255 bytes";
    LABELS_FROM = "data.labels_from", Whole, 0.0, 1.0, "", "classes are counted from 0 or from 1";
    FRAME = "data.frame", Whole, 0.0, 1_000_000.0, "", "no file has more frames";
    WINDOW = "data.window", Whole, 0.0, 1000.0, "", "no file has more windows";
    WINDOW_CENTRE = "data.window, the centre", Number, -1e12, 1e12, "", "float32 samples beyond it have lost their last digits";
    WINDOW_WIDTH = "data.window, the width", Number, 1.0, 1e12, "", "DICOM's own least width";
    COUNT = "data.count", Whole, 1.0, 100_000.0, "patients or pictures", "all are drawn when the study is planned";
    SEED = "data.seed", Whole, 0.0, EXACT, "", JSON;
    CROP = "data.augment.crop", Whole, 0.0, 1024.0, "pixels", "no picture is larger; at most the shorter side of `size`";
    ROTATE = "data.augment.rotate_degrees", Number, 0.0, 180.0, "degrees", "half a turn either way is every angle";
    BRIGHTNESS = "data.augment.brightness", Number, 0.0, 10.0, "", "beyond it, pictures are black or white";
    CONTRAST = "data.augment.contrast", Number, 0.0, 10.0, "", "beyond it, pictures are black or white";
    SATURATION = "data.augment.saturation", Number, 0.0, 10.0, "", "beyond it, colours are all or nothing";
    HUE = "data.augment.hue", Number, 0.0, 0.5, "", "half the circle either way is every hue";

    DIVIDE = "grid.model, divide", Whole, 2.0, 1024.0, "", "1 changes nothing, and no layer is wider than some thousand channels";
    INIT_NAME = "grid.init, name", Characters, 1.0, 80.0, "", LABEL;
    INIT_RULES = "grid.init, a name made of rules", Characters, 1.0, 400.0, "", "it stands in every table and figure; write a `name`";
    REGIME_NAME = "grid.regime, name", Characters, 1.0, 80.0, "", LABEL;
    TRAIN_SIZE = "grid.train_size", Whole, 2.0, 10_000_000.0, "pictures", "as many as a table may have rows; at most the training partition";
    SEEDS = "grid.seeds", Whole, 1.0, 100_000.0, "seeds", "a study has at most 100,000 runs";
    SEEDS_FROM = "grid.seeds, from", Whole, 3.0, 99.0, "seeds", "fewer have no spread to judge by";
    SEEDS_TO = "grid.seeds, to", Whole, 4.0, 100.0, "seeds", "beyond it, differences are too small to matter";

    LR = "train.lr", Number, 0.0, RATE_MOST, "", HELD, open true false;
    MOMENTUM = "train.momentum", Number, 0.0, 1.0, "", "at 1 nothing of the past fades", open false true;
    WEIGHT_DECAY = "train.weight_decay", Number, 0.0, FACTOR, "", F32;
    EMA = "train.ema", Number, 0.0, 1.0, "", "at 0 it is the weights, and at 1 nothing of the present counts", open true true;
    DROPOUT = "train.dropout", Number, 0.0, 1.0, "", "at 1 nothing stays", open false true;
    STOCHASTIC_DEPTH = "train.stochastic_depth", Number, 0.0, 1.0, "", "at 1 nothing stays", open false true;
    BATCH_SIZE = "train.batch_size", Whole, 2.0, 65_536.0, "pictures a step", "a batch norm needs two; all maps of a step are held in memory";
    MAX_STEPS = "train.max_steps", Whole, 1.0, STEPS, "steps", RUN;
    EVAL_EVERY = "train.eval_every", Whole, 1.0, STEPS, "steps", RUN;
    EVALUATIONS = "train.eval_every, evaluations of a run", Whole, 0.0, 1_000_000.0, "evaluations", "the curve of a run is read into memory";
    EVAL_IMAGES = "train.eval_images", Whole, 20.0, 10_000_000.0, "pictures", "fewer tell no AUC; as many as a table may have rows";
    WARMUP_STEPS = "train.warmup_steps", Whole, 0.0, STEPS, "steps", "fewer than `max_steps`";
    STEP_FACTOR = "train.step_factor", Number, 0.0, FACTOR, "", F32, open true false;
    STEP_AT = "train.step_at", Number, 0.0, 1.0, "", "shares of `max_steps`", open true true;
    STEP_AT_ENTRIES = "train.step_at, entries", Entries, 0.0, 64.0, "", "more falls are a curve";
    PATIENCE = "train.patience", Whole, 0.0, STEPS, "evaluations", "as many as there may be steps";

    PHASES = "regime.phases", Entries, 1.0, 1000.0, "", "more than a network has blocks";
    PHASE_SHARE = "regime.share", Number, 0.0, 1.0, "", SHARE, open true false;
    LAYER_DECAY = "regime.layer_decay", Number, 0.0, 1.0, "", "lower blocks learn no faster", open true false;
    RATE = "regime.rates", Number, 0.0, FACTOR, "", F32, open true false;
    REGIME_LR = "regime.lr", Number, 0.0, FACTOR, "", F32, open true false;
    L2_SP = "regime.l2_sp", Number, 0.0, FACTOR, "", F32;
    LORA_RANK = "regime.lora.rank", Whole, 1.0, 4096.0, "", "matrices as wide as the layer are no thinner";
    LORA_ALPHA = "regime.lora.alpha", Number, 0.0, FACTOR, "", F32, open true false;
    ADAPTER_REDUCTION = "regime.adapter.reduction", Whole, 1.0, 4096.0, "", "no layer has more channels to divide";

    TUNE_LR = "tune.lr", Number, 0.0, RATE_MOST, "", HELD, open true false;
    TUNE_WEIGHT_DECAY = "tune.weight_decay", Number, 0.0, FACTOR, "", F32;
    TUNE_MAX_STEPS = "tune.max_steps", Whole, 1.0, STEPS, "steps", RUN;
    CANDIDATES = "tune", Whole, 2.0, 64.0, "combinations of `lr`, `weight_decay` and `max_steps`", "each is trained in every arm";
    TUNE_SEEDS = "tune.seeds", Whole, 1.0, 100.0, "trials a candidate", "each is trained in every arm";

    MARGIN = "compare.margin", Number, 0.0, 0.5, "", "half of what an AUC can differ by", open true true;
    REFERENCE = "compare.reference", Number, 0.5, 1.0, "", "chance, and what nothing exceeds", open false true;
    THRESHOLD = "compare.thresholds", Number, 0.0, 1.0, "", POINTS, open true true;
    SUSTAINED = "compare.sustained", Whole, 1.0, 100.0, "evaluations", "evaluations in a row; few runs have more";
    OPERATING = "compare.operating", Number, 0.0, 1.0, "", POINTS, open true true;
    SPECIFICITY = "compare.specificities", Number, 0.0, 1.0, "", POINTS, open true true;
    PREVALENCE = "compare.prevalences", Number, 0.0, 1.0, "", "with none or all ill there is nothing to tell", open true true;
    SHARES = "compare, a list", Entries, 0.0, 16.0, "", "each is a column of tables";
    RESAMPLES = "compare.resamples", Whole, 100.0, 100_000.0, "resamples", "fewer give no ends of an interval, and more no further digit";

    NEIGHBOURS_PROBE = "probe.k", Whole, 1.0, 1_000_000.0, "neighbours", "more than a study has pictures";
    TEMPERATURE = "probe.temperature", Number, 0.01, 100.0, "", "below it votes vanish in rounding, above it all are equal";
    STRENGTH = "probe.strength", Number, 1e-6, 1e6, "", "beyond it the penalty is all or nothing";
    STRENGTHS = "probe.strength, entries", Entries, 1.0, 64.0, "", "each is a fit of every block";

    DATAPOINTS = "analysis.datapoints", Whole, 100.0, 1_000_000.0, "datapoints", MEMORY;
    PERMUTATIONS = "analysis.permutations", Whole, 0.0, 10_000.0, "permutations", "each compares all blocks anew";
    GROUPS = "analysis.groups", Whole, 0.0, 1000.0, "groups of pictures, but not 1", "each compares all blocks anew; one leaves nothing";
    NEIGHBOURS = "analysis.neighbours", Whole, 0.0, 1_000_000.0, "neighbours", "more than a study has pictures";
    MAPS = "analysis.maps", Entries, 0.0, 1000.0, "", "each compares all blocks with all";

    REPORTING = "reporting, a text", Characters, 1.0, 10_000.0, "", "it stands in the page, twice in its checklists";
}
