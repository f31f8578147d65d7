//! Landlock and seccomp.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, Scope};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use crate::Refusal;

/// Calls without which a decoder cannot live. None of them names a file, a process or an address.
const ALLOWED: [i64; 25] = [
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_mmap,
    libc::SYS_mprotect,
];

/// Of those, the ones that must not make memory executable; the third argument says so.
const MAPPING: [i64; 2] = [libc::SYS_mmap, libc::SYS_mprotect];

/// Calls that only code of a stranger would make: they end the process. All others fail.
const DEADLY: [i64; 12] = [
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_io_uring_setup,
    libc::SYS_bpf,
];

/// No file may be opened and no port bound or reached, beneath what seccomp says. Best effort:
/// older kernels have no Landlock.
pub(super) fn landlock() {
    let abi = ABI::V6;
    let rules = || -> Result<(), RulesetError> {
        let rules = Ruleset::default().handle_access(AccessFs::from_all(abi))?;
        let rules = rules.handle_access(AccessNet::from_all(abi))?.scope(Scope::from_all(abi))?;
        rules.create()?.restrict_self().map(drop)
    };
    let _ = rules();
}

/// Installs both filters. The later one is asked first, the stricter of two answers holds.
pub(super) fn seccomp() -> Result<(), Refusal> {
    rustix::thread::set_no_new_privs(true).map_err(|_| Refusal::NoSandbox)?;
    for program in [deadly(), allowed()] {
        let program = program.map_err(|_| Refusal::NoSandbox)?;
        seccompiler::apply_filter(&program).map_err(|_| Refusal::NoSandbox)?;
    }
    Ok(())
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn deadly() -> seccompiler::Result<BpfProgram> {
    let rules: Rules = DEADLY.into_iter().map(|call| (call, vec![])).collect();
    compile(rules, SeccompAction::Allow, SeccompAction::KillProcess)
}

/// Installing the second filter takes a call itself, so this one comes last.
fn allowed() -> seccompiler::Result<BpfProgram> {
    let mut rules: Rules = ALLOWED.into_iter().map(|call| (call, vec![])).collect();
    for call in MAPPING {
        rules.insert(call, vec![not_executable()?]);
    }
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    compile(rules, refuse, SeccompAction::Allow)
}

fn not_executable() -> seccompiler::Result<SeccompRule> {
    let executable = u64::from(libc::PROT_EXEC.unsigned_abs());
    let masked = SeccompCmpOp::MaskedEq(executable);
    let condition = SeccompCondition::new(2, SeccompCmpArgLen::Dword, masked, 0);
    let rule = condition.and_then(|condition| SeccompRule::new(vec![condition]));
    rule.map_err(seccompiler::Error::Backend)
}

fn compile(
    rules: Rules,
    otherwise: SeccompAction,
    listed: SeccompAction,
) -> seccompiler::Result<BpfProgram> {
    let arch = std::env::consts::ARCH.try_into().map_err(seccompiler::Error::Backend)?;
    let filter = SeccompFilter::new(rules, otherwise, listed, arch);
    filter.and_then(TryInto::try_into).map_err(seccompiler::Error::Backend)
}
