//! Every recipe on made pictures under the exact headers and names of the public data.

use std::path::Path;

use images::{Dataset, Partition, Task};
use study::{StudySpec, open_source, parse};

fn put(root: &Path, file: &str, bytes: &[u8]) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, bytes).expect("a file");
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let drawn = image::GrayImage::from_fn(12, 10, |x, y| image::Luma([(x * y) as u8]));
    drawn
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("PNG");
    bytes.into_inner()
}

/// The data set of a recipe over a folder of these texts and pictures.
fn read(recipe: &str, keys: &str, texts: &[(&str, &str)], pictures: &[&str]) -> Dataset {
    let root = tempfile::tempdir().expect("a folder");
    for (file, text) in texts {
        put(root.path(), file, text.as_bytes());
    }
    for file in pictures {
        put(root.path(), file, &picture());
    }
    let text = format!(
        "title = \"t\"\n[data]\nsource = {:?}\nrecipe = \"{recipe}\"\nsize = 32\n{keys}\n[grid]\nmodel = [\"cbr-tiny\"]\ninit = [\"random\"]\nseeds = 1\n",
        root.path()
    );
    let spec: StudySpec = parse(&text, Path::new("study.toml")).expect("a study");
    let read = open_source(&spec.data, Path::new("."))
        .unwrap_or_else(|error| panic!("{recipe}: {error:#}"));
    read.dataset
}

fn patients(dataset: &Dataset) -> Vec<&str> {
    dataset
        .examples
        .iter()
        .map(|e| e.patient.as_deref().unwrap_or(""))
        .collect()
}

fn parts(dataset: &Dataset) -> Vec<Partition> {
    dataset
        .examples
        .iter()
        .filter_map(|e| e.partition)
        .collect()
}

fn has(dataset: &Dataset, picture: usize, class: &str) -> Option<bool> {
    let class = dataset
        .classes
        .iter()
        .position(|name| name == class)
        .expect("a class");
    dataset.examples[picture].label.has(class)
}

#[test]
fn chexpert() {
    let header = "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices\n";
    let row = |path: &str, cells: &str| {
        format!("CheXpert-v1.0-small/{path},Female,68,Frontal,AP,{cells}\n")
    };
    let train = format!(
        "{header}{}{}",
        row(
            "train/patient00001/study1/view1_frontal.jpg",
            "1.0,,,,,-1.0,-1.0,,,0.0,,,,1.0"
        ),
        row(
            "train/patient00002/study2/view1_frontal.jpg",
            ",,-1.0,1.0,,,,,-1.0,,1.0,,1.0,"
        )
    );
    let valid = format!(
        "{header}{}",
        row(
            "valid/patient64541/study1/view1_frontal.jpg",
            "0.0,1.0,1.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0"
        )
    );
    let data = read(
        "chexpert",
        "",
        &[("train.csv", &train), ("valid.csv", &valid)],
        &[
            "train/patient00001/study1/view1_frontal.jpg",
            "train/patient00002/study2/view1_frontal.jpg",
            "valid/patient64541/study1/view1_frontal.jpg",
        ],
    );
    assert_eq!(
        data.classes,
        [
            "Atelectasis",
            "Cardiomegaly",
            "Consolidation",
            "Edema",
            "Pleural Effusion"
        ]
    );
    assert_eq!(patients(&data), ["00001", "00002", "64541"]);
    assert_eq!(
        parts(&data),
        [Partition::Train, Partition::Train, Partition::Test]
    );
    // Uncertain: ones for oedema and atelectasis, zeros for consolidation and cardiomegaly.
    assert_eq!(
        [
            has(&data, 0, "Edema"),
            has(&data, 0, "Consolidation"),
            has(&data, 1, "Atelectasis"),
            has(&data, 1, "Cardiomegaly")
        ],
        [Some(true), Some(false), Some(true), Some(false)]
    );
    assert_eq!(has(&data, 0, "Pleural Effusion"), Some(false));
    assert_eq!(data.attributes, ["age", "projection", "sex", "view"]);
}

#[test]
fn nih14() {
    let header = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],\n";
    let all = "Atelectasis|Cardiomegaly|Effusion|Infiltration|Mass|Nodule|Pneumonia|Pneumothorax|Consolidation|Edema|Emphysema|Fibrosis|Pleural_Thickening|Hernia";
    let table = format!(
        "{header}00000001_000.png,{all},0,1,58,M,PA,2682,2749,0.143,0.143,\n00000001_001.png,No Finding,1,1,58,M,PA,2894,2729,0.143,0.143,\n00000002_000.png,Mass|Nodule,0,2,81,M,AP,2500,2048,0.171,0.171,\n"
    );
    let texts = [
        ("Data_Entry_2017.csv", &*table),
        ("train_val_list.txt", "00000001_000.png\n00000001_001.png\n"),
        ("test_list.txt", "00000002_000.png\n"),
    ];
    let pictures = [
        "images_001/images/00000001_000.png",
        "images_001/images/00000001_001.png",
        "images_002/images/00000002_000.png",
    ];
    let data = read("nih14", "", &texts, &pictures);
    assert_eq!((data.classes.len(), data.task), (14, Task::Multilabel));
    assert_eq!(
        parts(&data),
        [Partition::Train, Partition::Train, Partition::Test]
    );
    assert_eq!(
        [
            has(&data, 1, "Mass"),
            has(&data, 2, "Mass"),
            has(&data, 2, "Hernia")
        ],
        [Some(false), Some(true), Some(false)]
    );
    assert_eq!(patients(&data), ["1", "1", "2"]);
    let data = read("nih14", "split = false", &texts[..1], &pictures);
    assert!(parts(&data).is_empty());
}

#[test]
fn retinas() {
    let eyepacs = read(
        "eyepacs",
        "",
        &[(
            "trainLabels.csv",
            "image,level\n10_left,0\n10_right,4\n13_left,2\n",
        )],
        &[
            "train/10_left.jpeg",
            "train/10_right.jpeg",
            "train/13_left.jpeg",
        ],
    );
    assert_eq!(patients(&eyepacs), ["10", "10", "13"]);
    assert_eq!(
        (
            has(&eyepacs, 1, "proliferative"),
            &*eyepacs.examples[1].attributes[0]
        ),
        (Some(true), "right")
    );
    let aptos = read(
        "aptos",
        "",
        &[
            (
                "train.csv",
                "id_code,diagnosis\n000c1434d8d7,2\n001639a390f0,4\n",
            ),
            ("test.csv", "id_code\n0005cfc8afb6\n"),
        ],
        &[
            "train_images/000c1434d8d7.png",
            "train_images/001639a390f0.png",
            "test_images/0005cfc8afb6.png",
        ],
    );
    assert_eq!((aptos.len(), has(&aptos, 0, "moderate")), (2, Some(true)));
    let messidor = read(
        "messidor2",
        "",
        &[(
            "messidor_data.csv",
            "image_id,adjudicated_dr_grade,adjudicated_dme,adjudicated_gradable\n20051020_43808_0100_PP.png,0,0,1\n20051020_43906_0100_PP.png,,,0\nIM000001.jpg,4,1,1\n",
        )],
        &[
            "IMAGES/20051020_43808_0100_PP.png",
            "IMAGES/20051020_43906_0100_PP.png",
            "IMAGES/IM000001.JPG",
        ],
    );
    assert_eq!(
        (messidor.len(), has(&messidor, 1, "proliferative")),
        (2, Some(true))
    );
}

#[test]
fn skins() {
    let truth = "image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\n";
    let rows: String = (0..8)
        .map(|class| {
            format!(
                "ISIC_000000{class}{},{}\n",
                if class == 0 { "_downsampled" } else { "" },
                (0..9)
                    .map(|k| if k == class { "1.0" } else { "0.0" })
                    .collect::<Vec<_>>()
                    .join(",")
            )
        })
        .collect();
    let meta: String = (0..8)
        .map(|n| {
            format!(
                "ISIC_000000{n}{},55.0,anterior torso,{},female\n",
                if n == 0 { "_downsampled" } else { "" },
                if n < 2 { "" } else { "MSK4_0011169" }
            )
        })
        .collect();
    let pictures: Vec<String> = (0..8)
        .map(|n| {
            format!(
                "ISIC_2019_Training_Input/ISIC_000000{n}{}.jpg",
                if n == 0 { "_downsampled" } else { "" }
            )
        })
        .collect();
    let pictures: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let texts = [
        (
            "ISIC_2019_Training_GroundTruth.csv",
            format!("{truth}{rows}"),
        ),
        (
            "ISIC_2019_Training_Metadata.csv",
            format!("image,age_approx,anatom_site_general,lesion_id,sex\n{meta}"),
        ),
    ];
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let isic = read("isic2019", "", &texts, &pictures);
    assert_eq!((isic.classes.len(), isic.classes[0].as_str()), (8, "MEL"));
    assert_eq!(
        (patients(&isic)[1], patients(&isic)[2]),
        ("ISIC_0000001", "MSK4_0011169")
    );
    assert_eq!(isic.attributes, ["age", "sex", "site"]);

    let ham = "lesion_id,image_id,dx,dx_type,age,sex,localization\nHAM_0000118,ISIC_0027419,bkl,histo,80.0,male,scalp\nHAM_0000118,ISIC_0025030,bkl,histo,80.0,male,scalp\nHAM_0002730,ISIC_0026769,mel,histo,80.0,male,scalp\n";
    let ham = read(
        "ham10000",
        "",
        &[("HAM10000_metadata.csv", ham)],
        &[
            "HAM10000_images_part_1/ISIC_0027419.jpg",
            "HAM10000_images_part_2/ISIC_0025030.jpg",
            "HAM10000_images_part_1/ISIC_0026769.jpg",
        ],
    );
    assert_eq!(
        (ham.classes.join(" "), patients(&ham)),
        (
            "bkl mel".into(),
            vec!["HAM_0000118", "HAM_0000118", "HAM_0002730"]
        )
    );
}

#[test]
fn chests() {
    let boxes = "patientId,x,y,width,height,Target\n0004cfab-14fd,,,,,0\n00436515-870c,264.0,152.0,213.0,379.0,1\n00436515-870c,562.0,152.0,256.0,453.0,1\n";
    let rsna = read(
        "rsna-pneumonia",
        "",
        &[("stage_2_train_labels.csv", boxes)],
        &[
            "stage_2_train_images/0004cfab-14fd.dcm",
            "stage_2_train_images/00436515-870c.dcm",
        ],
    );
    assert_eq!((rsna.len(), has(&rsna, 1, "pneumonia")), (2, Some(true)));

    let columns = "Aortic enlargement,Atelectasis,Calcification,Cardiomegaly,Clavicle fracture,Consolidation,Edema,Emphysema,Enlarged PA,ILD,Infiltration,Lung Opacity,Lung cavity,Lung cyst,Mediastinal shift,Nodule/Mass,Pleural effusion,Pleural thickening,Pneumothorax,Pulmonary fibrosis,Rib fracture,Other lesion,COPD,Lung tumor,Pneumonia,Tuberculosis,Other disease,No finding";
    let cells = |cardiomegaly: u8| {
        (0..28)
            .map(|k| {
                if k == 3 {
                    cardiomegaly.to_string()
                } else {
                    "0".into()
                }
            })
            .collect::<Vec<_>>()
            .join(",")
    };
    let train = format!(
        "image_id,rad_id,{columns}\na,R1,{}\na,R2,{}\na,R3,{}\n",
        cells(1),
        cells(1),
        cells(0)
    );
    let test = format!("image_id,{columns}\nb,{}\n", cells(0));
    let vindr = read(
        "vindr-cxr",
        "",
        &[
            ("annotations/image_labels_train.csv", &train),
            ("annotations/image_labels_test.csv", &test),
        ],
        &["train/a.dicom", "test/b.dicom"],
    );
    assert_eq!(
        (parts(&vindr), has(&vindr, 0, "Cardiomegaly")),
        (vec![Partition::Train, Partition::Test], Some(true))
    );

    let header = ",ImageID,ImageDir,StudyDate_DICOM,StudyID,PatientID,PatientBirth,PatientSex_DICOM,ViewPosition_DICOM,Projection,MethodProjection,Pediatric,Modality_DICOM,Manufacturer_DICOM,PhotometricInterpretation_DICOM,PixelRepresentation_DICOM,PixelAspectRatio_DICOM,SpatialResolution_DICOM,BitsStored_DICOM,WindowCenter_DICOM,WindowWidth_DICOM,Rows_DICOM,Columns_DICOM,XRayTubeCurrent_DICOM,Exposure_DICOM,ExposureInuAs_DICOM,ExposureTime,RelativeXRayExposure_DICOM,ReportID,Report,MethodLabel,Labels,Localizations,LabelsLocalizationsBySentence,labelCUIS,LocalizationsCUIS\n";
    let row = |id: &str, labels: &str| {
        format!(
            "0,{id},0,20140915,s{id},p{id},1930.0,F,POSTEROANTERIOR,PA,Manual review,No,CR,Imaging,MONOCHROME2,0,,,14,,,2000,2000,,,,,,r,text,Physician,{labels},[],[],[],[]\n"
        )
    };
    let all = "\"['cardiomegaly', 'pleural effusion', 'pneumonia', 'atelectasis', 'pneumothorax', 'infiltrates', 'nodule', 'consolidation', 'interstitial pattern', 'hiatal hernia']\"";
    let table = format!(
        "{header}{}{}{}{}",
        row("1.png", all),
        row("2.png", "['normal']"),
        row("3.png", ""),
        row("4.png", "['scoliosis']")
    );
    let padchest = read(
        "padchest",
        "",
        &[(
            "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv",
            &table,
        )],
        &["0/1.png", "0/2.png", "0/3.png"],
    );
    assert_eq!(
        (
            padchest.len(),
            has(&padchest, 0, "nodule"),
            has(&padchest, 1, "nodule")
        ),
        (2, Some(true), Some(false))
    );

    let pneumonia = read(
        "pneumonia",
        "",
        &[],
        &[
            "chest_xray/train/NORMAL/IM-0115-0001.jpeg",
            "chest_xray/train/PNEUMONIA/person1_bacteria_1.jpeg",
            "chest_xray/test/NORMAL/NORMAL2-IM-0007-0001.jpeg",
            "chest_xray/test/PNEUMONIA/person2_virus_9.jpeg",
            "chest_xray/chest_xray/train/NORMAL/IM-0115-0001.jpeg",
        ],
    );
    assert_eq!(
        (pneumonia.classes.join(" "), pneumonia.len()),
        ("NORMAL PNEUMONIA".into(), 4)
    );
    assert!(patients(&pneumonia).contains(&"person2") && patients(&pneumonia).contains(&"IM-0007"));
    let covid = read(
        "covid-radiography",
        "",
        &[("COVID.metadata.xlsx", "x")],
        &[
            "COVID/images/COVID-1.png",
            "COVID/masks/COVID-1.png",
            "Normal/images/Normal-1.png",
            "Normal/masks/Normal-1.png",
        ],
    );
    assert_eq!(
        (covid.classes.join(" "), covid.len()),
        ("COVID Normal".into(), 2)
    );
}

#[test]
fn slides() {
    let benign = "histology_slides/breast/benign/SOB/adenosis/SOB_B_A_14-22549AB/40X/SOB_B_A-14-22549AB-40-001.png";
    let malignant = "histology_slides/breast/malignant/SOB/ductal_carcinoma/SOB_M_DC_14-2523/200X/SOB_M_DC-14-2523-200-001.png";
    let data = read("breakhis", "", &[], &[benign, malignant]);
    assert_eq!(
        (data.classes.join(" "), patients(&data)[0]),
        ("benign malignant".into(), "SOB_B_A_14-22549AB")
    );
    assert_eq!(data.attributes, ["subtype", "magnification"]);
    let data = read(
        "camelyon-patch",
        "",
        &[(
            "train_labels.csv",
            "id,label\nf38a6374c348f90b587e046aac6079959adf3835,0\nc18f2d887b7ae4f6742ee445113fa1aef383ed77,1\n",
        )],
        &[
            "train/f38a6374c348f90b587e046aac6079959adf3835.tif",
            "train/c18f2d887b7ae4f6742ee445113fa1aef383ed77.tif",
        ],
    );
    assert_eq!((data.len(), has(&data, 1, "tumour")), (2, Some(true)));
}
