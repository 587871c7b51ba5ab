// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/message.h"
#include "runtime/base/wrap.h"

namespace stoop::cli {

size_t terminal_width(int descriptor) {
    if (!isatty(descriptor)) return 0;
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const char* columns = getenv("COLUMNS");
    return columns ? std::strtoul(columns, nullptr, 10) : 0;
}

void print_wrapped(const std::string& line, size_t indent) {
    print("{}\n", Ready{wrapped(printable(line), terminal_width(STDOUT_FILENO), std::string(indent, ' '))});
}

void say_if_typed(const std::vector<std::string>& paths, const char* what, bool quiet) {
    if (quiet || !isatty(STDIN_FILENO) || std::find(paths.begin(), paths.end(), "-") == paths.end()) return;
    message("reading {} from this terminal: type them, then Ctrl-D; or name a file, or use a pipe\n", what);
}

}  // namespace stoop::cli
