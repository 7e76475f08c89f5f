//! All checks, in their order.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use engine::{Cpu, DeviceFault};

use crate::check::Check;
use crate::subject::{Interrupted, Subject};
use crate::{convolution, disk, gpu, known, processor, resumption, slopes};

/// Makes every check, until `stop` is set; each is told as soon as it is made.
pub fn every(
    subject: &Subject,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Check),
) -> Result<(), Interrupted> {
    let mut after = |what: &str, work: &mut dyn FnMut() -> Vec<Check>| {
        let began = Instant::now();
        let checks = guarded(what, work);
        let seconds = began.elapsed().as_secs_f64() / checks.len().max(1) as f64;
        for check in checks {
            tell(Check { seconds, ..check });
        }
        match stop.load(Ordering::Relaxed) {
            true => Err(Interrupted),
            false => Ok(()),
        }
    };
    after("known numbers", &mut known::checks)?;
    after("convolutions", &mut convolution::checks)?;
    let mut exact = Vec::new();
    after("training steps", &mut || match processor::exact() {
        Ok(found) => {
            exact = found;
            processor::steps(&exact)
        }
        Err(error) => vec![Check::failed("training steps", error.to_string(), REPORT)],
    })?;
    after("threads", &mut || vec![processor::threads(&exact)])?;
    after("slopes", &mut || {
        let of = |exact| slopes::check(exact, Box::new(Cpu::default()));
        exact.iter().map(of).collect()
    })?;
    after("GPU", &mut || gpu::checks(&exact))?;
    let mut is_interrupted = false;
    after("a study", &mut || {
        let found = resumption::check(subject, stop);
        is_interrupted |= found.is_err();
        found.into_iter().collect()
    })?;
    after("file system", &mut || {
        let found = disk::checks(subject, stop);
        is_interrupted |= found.is_err();
        found.unwrap_or_default()
    })?;
    match is_interrupted {
        true => Err(Interrupted),
        false => Ok(()),
    }
}

const REPORT: &str = "please report this line with what `transfusion --version --verbose` prints";

/// A check that ends in the midst has failed.
fn guarded(what: &str, work: &mut dyn FnMut() -> Vec<Check>) -> Vec<Check> {
    let ended = catch_unwind(AssertUnwindSafe(work));
    ended.unwrap_or_else(|panic| vec![Check::failed(what, reason(&*panic), REPORT)])
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let fault = panic.downcast_ref::<DeviceFault>().map(ToString::to_string);
    let text = panic.downcast_ref::<String>().cloned();
    let word = panic.downcast_ref::<&str>().map(|word| (*word).to_owned());
    fault
        .or(text)
        .or(word)
        .unwrap_or_else(|| "it ended in the midst".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;

    #[test]
    fn a_check_that_ends_in_the_midst_has_failed() {
        let fault = || -> Vec<Check> {
            std::panic::resume_unwind(Box::new(DeviceFault {
                message: "the device is gone".into(),
                is_passing: true,
            }))
        };
        let checks = guarded("x", &mut { fault });
        assert_eq!(checks.len(), 1);
        assert_eq!(checks[0].state, State::Failed);
        assert_eq!(checks[0].seen, "the device is gone");
    }
}
