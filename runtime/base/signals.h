// SPDX-License-Identifier: Apache-2.0
// Signals that end the program: kept off for a moment, or used to remove a temporary file first.
#pragma once

#include <csignal>
#include <string>

namespace stoop {

// Keeps signals from this thread, and from threads that it starts, while the object lives. A signal that came
// meanwhile is delivered afterwards. Those of a fault in the thread itself are not kept off.
class SignalsBlocked {
  public:
    // Inline, so that the module that makes native code has it, too.
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;

  private:
    sigset_t before_;
};

// A file that a signal which ends the program removes first; SIGKILL cannot be caught. Signals that the
// program ignores or handles stay as they are.
//
// Create the file and call `set` under SignalsBlocked, so that no signal falls between the two. There are
// slots for a few files; beyond them `set` returns false.
class RemovedOnSignal {
  public:
    RemovedOnSignal();
    ~RemovedOnSignal() { clear(); }
    RemovedOnSignal(const RemovedOnSignal&) = delete;

    // `folder` is a descriptor and stays open until `clear`.
    bool set(int folder, const std::string& name);
    void clear();

  private:
    int slot_ = -1;
};

}  // namespace stoop
