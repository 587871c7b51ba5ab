// SPDX-License-Identifier: Apache-2.0
#include "tests/safety/tracer.h"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {

#if defined(__x86_64__)
namespace {

[[noreturn]] void become(const TracePlan& plan, const std::string& messages) {
    std::vector<char*> words;
    for (const std::string& word : plan.command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    int null = open("/dev/null", O_RDWR), errors = open(messages.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    // Leaks cannot be looked for under ptrace; signals are to reach the program.
    setenv("ASAN_OPTIONS", "detect_leaks=0:handle_segv=0", 1);
    setenv("XDG_CACHE_HOME", "/nonexistent", 1);
    if (chdir(plan.folder.c_str()) == 0 && ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 &&
        raise(SIGSTOP) == 0)
        execv(words[0], words.data());
    _exit(127);
}

// A text in the program's memory.
std::string text_at(pid_t thread, unsigned long address) {
    char buffer[512] = {};
    iovec here{buffer, sizeof buffer - 1}, there{reinterpret_cast<void*>(address), sizeof buffer - 1};
    if (process_vm_readv(thread, &here, 1, &there, 1, 0) > 0) return buffer;
    // It may end with its page.
    there.iov_len = here.iov_len = std::min<size_t>(sizeof buffer - 1, 4096 - address % 4096);
    return process_vm_readv(thread, &here, 1, &there, 1, 0) > 0 ? buffer : "";
}

bool works_on_files(long number) {
    constexpr long kCalls[] = {SYS_openat,     SYS_read,      SYS_write,      SYS_close,        SYS_fstat,
                               SYS_newfstatat, SYS_lseek,     SYS_dup,        SYS_fsync,        SYS_fchown,
                               SYS_fchmod,     SYS_flock,     SYS_linkat,     SYS_renameat,     SYS_rename,
                               SYS_access,     SYS_faccessat, SYS_faccessat2, SYS_readlink,     SYS_fstatfs,
                               SYS_flistxattr, SYS_fgetxattr, SYS_fsetxattr,  SYS_fremovexattr, SYS_ftruncate,
                               SYS_getdents64, SYS_getcwd,    SYS_pread64};
    return std::find(std::begin(kCalls), std::end(kCalls), number) != std::end(kCalls);
}
class Tracer {
  public:
    Tracer(const TracePlan& plan, pid_t program) : plan_(plan), program_(program) {}

    Traced run() {
        for (;;) {
            int status;
            pid_t thread = waitpid(-1, &status, __WALL);
            if (thread < 0) return out_;
            if (thread == program_ && (WIFEXITED(status) || WIFSIGNALED(status)))
                out_.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            if (WIFSTOPPED(status)) go_on(thread, status);
        }
    }

  private:
    void go_on(pid_t thread, int status) {
        int signal = WSTOPSIG(status);
        if (signal == (SIGTRAP | 0x80)) {
            inside_[thread] = !inside_[thread];
            inside_[thread] ? before_call(thread) : after_call(thread);
            signal = 0;
        } else if (signal == SIGTRAP || signal == SIGSTOP) {  // of a new thread, or an exec
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, thread, nullptr, reinterpret_cast<void*>(static_cast<long>(signal)));
    }

    void before_call(pid_t thread) {
        user_regs_struct registers;
        if (ptrace(PTRACE_GETREGS, thread, nullptr, &registers) != 0) return;
        auto number = static_cast<long>(registers.orig_rax);
        bool opens = number == SYS_openat;
        if (opens && !plan_.nameless_files && (registers.rdx & O_TMPFILE) == O_TMPFILE)
            fail(thread, registers, EOPNOTSUPP);
        if (!counting_ && opens) counting_ = text_at(thread, registers.rsi).ends_with(plan_.from);
        if (!counting_ || ++out_.calls != plan_.at) return;
        out_.faulted = number;
        if (plan_.fault.kind == Fault::Kind::Fail && works_on_files(number))
            fail(thread, registers, plan_.fault.number);
        if (plan_.fault.kind == Fault::Kind::Call) plan_.fault.call();
        if (plan_.fault.kind == Fault::Kind::Signal) kill(program_, plan_.fault.number);
    }

    // The call is made one that does not exist; what it returns is set when it returns.
    void fail(pid_t thread, user_regs_struct& registers, int error) {
        registers.orig_rax = static_cast<unsigned long>(-1);
        ptrace(PTRACE_SETREGS, thread, nullptr, &registers);
        failing_[thread] = error;
    }

    void after_call(pid_t thread) {
        auto failing = failing_.find(thread);
        if (failing == failing_.end()) return;
        user_regs_struct registers;
        ptrace(PTRACE_GETREGS, thread, nullptr, &registers);
        registers.rax = static_cast<unsigned long>(-failing->second);
        ptrace(PTRACE_SETREGS, thread, nullptr, &registers);
        failing_.erase(failing);
    }

    const TracePlan& plan_;
    pid_t program_;
    Traced out_;
    bool counting_ = false;
    std::map<pid_t, bool> inside_;  // a system call
    std::map<pid_t, int> failing_;
};

}  // namespace

std::optional<Traced> run_traced(const TracePlan& plan) {
    TemporaryFolder folder;
    std::string messages = (folder.path() / "messages").string();
    pid_t program = fork();
    if (program == 0) become(plan, messages);
    int status;
    if (program < 0 || waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) return std::nullopt;
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXEC |
                   PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, program, nullptr, reinterpret_cast<void*>(options)) != 0)
        return std::nullopt;
    ptrace(PTRACE_SYSCALL, program, nullptr, nullptr);
    Traced out = Tracer(plan, program).run();
    out.message = read_file(messages);
    return out;
}

#else
std::optional<Traced> run_traced(const TracePlan&) { return std::nullopt; }
#endif

}  // namespace stoop::tests
