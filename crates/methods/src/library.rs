//! Every work that the methods may cite.

use crate::reference::Kind::{Article, Book, Proceedings};
use crate::reference::Reference;

macro_rules! library {
    ($($name:ident = $key:literal $kind:ident $authors:literal, $title:literal, $place:literal $year:literal, $volume:literal, $pages:literal, $id:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Reference = Reference {
                key: $key, kind: $kind, authors: $authors, title: $title, place: $place,
                year: $year, volume: $volume, pages: $pages, id: $id,
            };
        )*
        /// All of them.
        #[cfg(test)]
        pub const LIBRARY: &[Reference] = &[$($name),*];
    };
}

library! {
    ADAPTER = "houlsby2019" Proceedings "Houlsby, Neil and Giurgiu, Andrei and Jastrzebski, Stanislaw and Morrone, Bruna and de Laroussilhe, Quentin and Gesmundo, Andrea and Attariyan, Mona and Gelly, Sylvain",
        "Parameter-Efficient Transfer Learning for NLP", "International Conference on Machine Learning" 2019, "97", "2790-2799", "arXiv:1902.00751";
    ADAM = "kingma2015" Proceedings "Kingma, Diederik P. and Ba, Jimmy",
        "Adam: A Method for Stochastic Optimization", "International Conference on Learning Representations" 2015, "", "", "arXiv:1412.6980";
    ADAMW = "loshchilov2019" Proceedings "Loshchilov, Ilya and Hutter, Frank",
        "Decoupled Weight Decay Regularization", "International Conference on Learning Representations" 2019, "", "", "arXiv:1711.05101";
    AVERAGE = "polyak1992" Article "Polyak, Boris T. and Juditsky, Anatoli B.",
        "Acceleration of Stochastic Approximation by Averaging", "SIAM Journal on Control and Optimization" 1992, "30(4)", "838-855", "10.1137/0330046";
    BITFIT = "benzaken2022" Proceedings "Ben Zaken, Elad and Goldberg, Yoav and Ravfogel, Shauli",
        "BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based Masked Language-models", "Annual Meeting of the Association for Computational Linguistics" 2022, "", "1-9", "10.18653/v1/2022.acl-short.1";
    CBR = "raghu2019" Proceedings "Raghu, Maithra and Zhang, Chiyuan and Kleinberg, Jon and Bengio, Samy",
        "Transfusion: Understanding Transfer Learning for Medical Imaging", "Advances in Neural Information Processing Systems" 2019, "32", "3342-3352", "arXiv:1902.07208";
    CKA = "kornblith2019" Proceedings "Kornblith, Simon and Norouzi, Mohammad and Lee, Honglak and Hinton, Geoffrey",
        "Similarity of Neural Network Representations Revisited", "International Conference on Machine Learning" 2019, "97", "3519-3529", "arXiv:1905.00414";
    CONVNEXT = "liu2022" Proceedings "Liu, Zhuang and Mao, Hanzi and Wu, Chao-Yuan and Feichtenhofer, Christoph and Darrell, Trevor and Xie, Saining",
        "A ConvNet for the 2020s", "IEEE/CVF Conference on Computer Vision and Pattern Recognition" 2022, "", "11976-11986", "10.1109/CVPR52688.2022.01167";
    CONVNEXT_V2 = "woo2023" Proceedings "Woo, Sanghyun and Debnath, Shoubhik and Hu, Ronghang and Chen, Xinlei and Liu, Zhuang and Kweon, In So and Xie, Saining",
        "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders", "IEEE/CVF Conference on Computer Vision and Pattern Recognition" 2023, "", "16133-16142", "arXiv:2301.00808";
    COSINE = "loshchilov2017" Proceedings "Loshchilov, Ilya and Hutter, Frank",
        "SGDR: Stochastic Gradient Descent with Warm Restarts", "International Conference on Learning Representations" 2017, "", "", "arXiv:1608.03983";
    CURVE = "simonsohn2020" Article "Simonsohn, Uri and Simmons, Joseph P. and Nelson, Leif D.",
        "Specification curve analysis", "Nature Human Behaviour" 2020, "4", "1208-1214", "10.1038/s41562-020-0912-z";
    DECISION = "vickers2006" Article "Vickers, Andrew J. and Elkin, Elena B.",
        "Decision curve analysis: a novel method for evaluating prediction models", "Medical Decision Making" 2006, "26(6)", "565-574", "10.1177/0272989X06295361";
    DEIT = "touvron2021" Proceedings "Touvron, Hugo and Cord, Matthieu and Douze, Matthijs and Massa, Francisco and Sablayrolles, Alexandre and Jégou, Hervé",
        "Training data-efficient image transformers and distillation through attention", "International Conference on Machine Learning" 2021, "139", "10347-10357", "arXiv:2012.12877";
    DELONG = "delong1988" Article "DeLong, Elizabeth R. and DeLong, David M. and Clarke-Pearson, Daniel L.",
        "Comparing the areas under two or more correlated receiver operating characteristic curves: a nonparametric approach", "Biometrics" 1988, "44(3)", "837-845", "10.2307/2531595";
    DENSENET = "huang2017" Proceedings "Huang, Gao and Liu, Zhuang and van der Maaten, Laurens and Weinberger, Kilian Q.",
        "Densely Connected Convolutional Networks", "IEEE Conference on Computer Vision and Pattern Recognition" 2017, "", "2261-2269", "10.1109/CVPR.2017.243";
    DEPTH = "huang2016" Proceedings "Huang, Gao and Sun, Yu and Liu, Zhuang and Sedra, Daniel and Weinberger, Kilian Q.",
        "Deep Networks with Stochastic Depth", "European Conference on Computer Vision" 2016, "", "646-661", "10.1007/978-3-319-46493-0_39";
    DINO_V3 = "simeoni2025" Article "Siméoni, Oriane and Vo, Huy V. and Seitzer, Maximilian and Baldassarre, Federico and Oquab, Maxime and Jose, Cijo and Khalidov, Vasil and Szafraniec, Marc and Yi, Seungeun and Ramamonjisoa, Michaël and Massa, Francisco and Haziza, Daniel and Wehrstedt, Luca and Wang, Jianyuan and Darcet, Timothée and Moutakanni, Théo and Sentana, Leonel and Roberts, Claire and Vedaldi, Andrea and Tolan, Jamie and Brandt, John and Couprie, Camille and Mairal, Julien and Jégou, Hervé and Labatut, Patrick and Bojanowski, Piotr",
        "DINOv3", "arXiv" 2025, "", "", "arXiv:2508.10104";
    DROPOUT = "srivastava2014" Article "Srivastava, Nitish and Hinton, Geoffrey and Krizhevsky, Alex and Sutskever, Ilya and Salakhutdinov, Ruslan",
        "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", "Journal of Machine Learning Research" 2014, "15(56)", "1929-1958", "";
    EFFICIENTNET = "tan2019" Proceedings "Tan, Mingxing and Le, Quoc V.",
        "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", "International Conference on Machine Learning" 2019, "97", "6105-6114", "arXiv:1905.11946";
    FAST_DELONG = "sun2014" Article "Sun, Xu and Xu, Weichao",
        "Fast implementation of DeLong's algorithm for comparing the areas under correlated receiver operating characteristic curves", "IEEE Signal Processing Letters" 2014, "21(11)", "1389-1393", "10.1109/LSP.2014.2337313";
    FOLD_AUC = "ledell2015" Article "LeDell, Erin and Petersen, Maya and van der Laan, Mark",
        "Computationally efficient confidence intervals for cross-validated area under the ROC curve estimates", "Electronic Journal of Statistics" 2015, "9(1)", "1583-1607", "10.1214/15-EJS1035";
    GLOROT = "glorot2010" Proceedings "Glorot, Xavier and Bengio, Yoshua",
        "Understanding the difficulty of training deep feedforward neural networks", "International Conference on Artificial Intelligence and Statistics" 2010, "9", "249-256", "";
    GRADUAL = "howard2018" Proceedings "Howard, Jeremy and Ruder, Sebastian",
        "Universal Language Model Fine-tuning for Text Classification", "Annual Meeting of the Association for Computational Linguistics" 2018, "", "328-339", "10.18653/v1/P18-1031";
    HE = "he2015" Proceedings "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian",
        "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification", "IEEE International Conference on Computer Vision" 2015, "", "1026-1034", "10.1109/ICCV.2015.123";
    HOLM = "holm1979" Article "Holm, Sture",
        "A simple sequentially rejective multiple test procedure", "Scandinavian Journal of Statistics" 1979, "6(2)", "65-70", "";
    HSU = "hsu1984" Article "Hsu, Jason C.",
        "Constrained simultaneous confidence intervals for multiple comparisons with the best", "Annals of Statistics" 1984, "12(3)", "1136-1144", "10.1214/aos/1176346732";
    INCEPTION = "szegedy2016" Proceedings "Szegedy, Christian and Vanhoucke, Vincent and Ioffe, Sergey and Shlens, Jon and Wojna, Zbigniew",
        "Rethinking the Inception Architecture for Computer Vision", "IEEE Conference on Computer Vision and Pattern Recognition" 2016, "", "2818-2826", "10.1109/CVPR.2016.308";
    L2_SP = "li2018" Proceedings "Li, Xuhong and Grandvalet, Yves and Davoine, Franck",
        "Explicit Inductive Bias for Transfer Learning with Convolutional Networks", "International Conference on Machine Learning" 2018, "80", "2825-2834", "arXiv:1802.01483";
    LORA = "hu2022" Proceedings "Hu, Edward J. and Shen, Yelong and Wallis, Phillip and Allen-Zhu, Zeyuan and Li, Yuanzhi and Wang, Shean and Wang, Lu and Chen, Weizhu",
        "LoRA: Low-Rank Adaptation of Large Language Models", "International Conference on Learning Representations" 2022, "", "", "arXiv:2106.09685";
    LP_FT = "kumar2022" Proceedings "Kumar, Ananya and Raghunathan, Aditi and Jones, Robbie and Ma, Tengyu and Liang, Percy",
        "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution", "International Conference on Learning Representations" 2022, "", "", "arXiv:2202.10054";
    LSUV = "mishkin2016" Proceedings "Mishkin, Dmytro and Matas, Jiri",
        "All you need is a good init", "International Conference on Learning Representations" 2016, "", "", "arXiv:1511.06422";
    MOBILENET = "sandler2018" Proceedings "Sandler, Mark and Howard, Andrew and Zhu, Menglong and Zhmoginov, Andrey and Chen, Liang-Chieh",
        "MobileNetV2: Inverted Residuals and Linear Bottlenecks", "IEEE/CVF Conference on Computer Vision and Pattern Recognition" 2018, "", "4510-4520", "10.1109/CVPR.2018.00474";
    NORM_ONLY = "frankle2021" Proceedings "Frankle, Jonathan and Schwab, David J. and Morcos, Ari S.",
        "Training BatchNorm and Only BatchNorm: On the Expressive Power of Random Features in CNNs", "International Conference on Learning Representations" 2021, "", "", "arXiv:2003.00152";
    OBUCHOWSKI = "obuchowski1997" Article "Obuchowski, Nancy A.",
        "Nonparametric analysis of clustered ROC curve data", "Biometrics" 1997, "53(2)", "567-578", "10.2307/2533958";
    ORTHOGONAL = "saxe2014" Proceedings "Saxe, Andrew M. and McClelland, James L. and Ganguli, Surya",
        "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", "International Conference on Learning Representations" 2014, "", "", "arXiv:1312.6120";
    REPEATED = "jennison1989" Article "Jennison, Christopher and Turnbull, Bruce W.",
        "Interim analyses: the repeated confidence interval approach", "Journal of the Royal Statistical Society: Series B" 1989, "51(3)", "305-361", "";
    RESAMPLED = "nadeau2003" Article "Nadeau, Claude and Bengio, Yoshua",
        "Inference for the Generalization Error", "Machine Learning" 2003, "52(3)", "239-281", "10.1023/A:1024068626366";
    RESNET = "he2016" Proceedings "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian",
        "Deep Residual Learning for Image Recognition", "IEEE Conference on Computer Vision and Pattern Recognition" 2016, "", "770-778", "10.1109/CVPR.2016.90";
    SMYTH = "smyth2004" Article "Smyth, Gordon K.",
        "Linear models and empirical Bayes methods for assessing differential expression in microarray experiments", "Statistical Applications in Genetics and Molecular Biology" 2004, "3(1)", "Article 3", "10.2202/1544-6115.1027";
    SPENDING = "kim1987" Article "Kim, Kyungmann and DeMets, David L.",
        "Design and analysis of group sequential tests based on the type I error spending rate function", "Biometrika" 1987, "74(1)", "149-154", "10.1093/biomet/74.1.149";
    SSF = "lian2022" Proceedings "Lian, Dongze and Zhou, Daquan and Feng, Jiashi and Wang, Xinchao",
        "Scaling & Shifting Your Features: A New Baseline for Efficient Model Tuning", "Advances in Neural Information Processing Systems" 2022, "35", "109-123", "arXiv:2210.08823";
    STRATIFIED = "sechidis2011" Proceedings "Sechidis, Konstantinos and Tsoumakas, Grigorios and Vlahavas, Ioannis",
        "On the Stratification of Multi-label Data", "Machine Learning and Knowledge Discovery in Databases" 2011, "6913", "145-158", "10.1007/978-3-642-23808-6_10";
    SVCCA = "raghu2017" Proceedings "Raghu, Maithra and Gilmer, Justin and Yosinski, Jason and Sohl-Dickstein, Jascha",
        "SVCCA: Singular Vector Canonical Correlation Analysis for Deep Learning Dynamics and Interpretability", "Advances in Neural Information Processing Systems" 2017, "30", "6076-6085", "arXiv:1706.05806";
    SWIN = "liu2021" Proceedings "Liu, Ze and Lin, Yutong and Cao, Yue and Hu, Han and Wei, Yixuan and Zhang, Zheng and Lin, Stephen and Guo, Baining",
        "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", "IEEE/CVF International Conference on Computer Vision" 2021, "", "10012-10022", "arXiv:2103.14030";
    TOST = "schuirmann1987" Article "Schuirmann, Donald J.",
        "A comparison of the two one-sided tests procedure and the power approach for assessing the equivalence of average bioavailability", "Journal of Pharmacokinetics and Biopharmaceutics" 1987, "15(6)", "657-680", "10.1007/BF01068419";
    VIT = "dosovitskiy2021" Proceedings "Dosovitskiy, Alexey and Beyer, Lucas and Kolesnikov, Alexander and Weissenborn, Dirk and Zhai, Xiaohua and Unterthiner, Thomas and Dehghani, Mostafa and Minderer, Matthias and Heigold, Georg and Gelly, Sylvain and Uszkoreit, Jakob and Houlsby, Neil",
        "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", "International Conference on Learning Representations" 2021, "", "", "arXiv:2010.11929";
    WESTFALL = "westfall1993" Book "Westfall, Peter H. and Young, S. Stanley",
        "Resampling-Based Multiple Testing: Examples and Methods for p-Value Adjustment", "Wiley" 1993, "", "", "";
    WILSON = "wilson1927" Article "Wilson, Edwin B.",
        "Probable inference, the law of succession, and statistical inference", "Journal of the American Statistical Association" 1927, "22(158)", "209-212", "10.1080/01621459.1927.10502953";
    YOUDEN = "youden1950" Article "Youden, William J.",
        "Index for rating diagnostic tests", "Cancer" 1950, "3(1)", "32-35", "10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3";
}
