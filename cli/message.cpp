// SPDX-License-Identifier: Apache-2.0
#include "cli/message.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "runtime/base/file.h"

namespace stoop::cli {

void write_message(std::string_view text) { write_all(STDERR_FILENO, text); }

void write_output(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) < text.size())
        throw std::system_error(errno, std::generic_category());
}

}  // namespace stoop::cli
