use std::collections::BTreeMap; use std::sync::Arc; use std::time::Instant;
use engine::*; use networks::initialisation::{Initialisation, initialise}; use networks::zoo::{self, Choice, Stem}; use networks::Input; use networks::regime::*;
use rand_chacha::ChaCha8Rng; use rand_chacha::rand_core::SeedableRng as _;
#[global_allocator] static A: kernels::LargeBlocks<std::alloc::System> = kernels::LargeBlocks(std::alloc::System);
fn main(){
 let a: Vec<String> = std::env::args().collect();
 let (name,size,batch,mode,steps)=(&a[1],a[2].parse::<usize>().unwrap(),a[3].parse::<usize>().unwrap(),&a[4],a[5].parse::<usize>().unwrap());
 let detail = a.len()>6;
 let mut choice=Choice::named(name.as_str()); if name.starts_with("resnet") && size<64 {choice.stem=Some(Stem::Small);}
 let network=zoo::network(&choice,Input{channels:3,size},5).unwrap();
 let streams=|p:&str| ChaCha8Rng::seed_from_u64(p.bytes().map(u64::from).sum());
 let (w,_)=initialise(&network,&Initialisation::random(),None,&streams).unwrap();
 let tuning=Tuning::full(&network);
 let precision = if mode=="bf16" {kernels::Precision::Bf16} else {kernels::Precision::Single};
 let t=Training{tuning:&tuning,precision,objective:Objective::CrossEntropy,descent:Descent{rule:Rule::Sgd{momentum:0.9,nesterov:false},weight_decay:0.0}};
 let m=if mode=="infer"{Mode::Inference}else{Mode::Training(t)};
 let p=Arc::new(lower(&network,&Part::whole(&network,batch,size),&m).unwrap());
 println!("arena {:.1} MiB (bound {:.1}) kept {:.1}",p.memory.peak_bytes() as f64/1048576.,p.memory.bound_bytes(&p) as f64/1048576.,p.kept_bytes() as f64/1048576.);
 let mut d=Cpu::default(); for (k,v) in &w.tensors { d.put(&Kept::Tensor(k.clone()),v.values.clone()); }
 d.enter(&p); let n=batch*3*size*size; let mut s=1u32; let px:Vec<f32>=(0..n).map(|_|{s=s.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);(s>>8) as f32/(1<<23) as f32-1.0}).collect();
 let mut times: BTreeMap<String,(f64,f64,f64,usize)>=BTreeMap::new(); let mut total=0.0;
 let pool=rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
 pool.install(||{
 for step in 0..steps+1 { d.upload(p.pixels,&px); if let Some(t)=p.targets{ d.upload(t,&vec![1.0/(batch*5) as f32; batch*5]); }
  for (i,ins) in p.instructions.iter().enumerate(){ let t0=Instant::now(); d.run(i..i+1,Step{lr:1e-3,number:1}); let e=t0.elapsed().as_secs_f64();
   if step>0 { let mut key=ins.name(); if detail { if let Instruction::Conv{shape,..}|Instruction::ConvGradients{shape,..}|Instruction::ConvInputGradient{shape,..}|Instruction::ConvWeightGradient{shape,..}=ins { key=format!("{key} {}x{} k{:?} s{} g{} c{}->{}",shape.height,shape.width,shape.kernel,shape.stride[0],shape.groups,shape.channels_in,shape.channels_out);} else { let o=ins.operands(); let y=o.writes.last().or(o.updates.first()).unwrap(); key=format!("{key} {:?}",p.buffer(*y).shape); } }
    let r=times.entry(key).or_default(); let w=p.work(ins); r.0+=e; r.1+=w.macs as f64; r.2+=w.bytes as f64; r.3+=1; total+=e; } } } });
 let mut rows:Vec<_>=times.into_iter().collect(); rows.sort_by(|a,b|b.1.0.total_cmp(&a.1.0));
 println!("{name}-{size}-b{batch} {mode}: {:.1} ms/step, {:.1} img/s",total/steps as f64*1e3,batch as f64*steps as f64/total);
 for (k,(t,m,b,c)) in rows.iter().take(if detail {45} else {40}) { println!("{:6.2}% {:9.2} ms {:7.1} GFLOP/s {:6.1} GB/s n{} {k}",100.*t/total,t/steps as f64*1e3,2.*m/t/1e9,b/t/1e9,c/steps); }
}
