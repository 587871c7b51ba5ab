// SPDX-License-Identifier: Apache-2.0
// The man page: man(7) macros, made from the option table.
#include <fmt/format.h>

#include <sstream>

#include "cli/option_table.h"

namespace stoop::cli {
namespace {

// Text as roff shows it: no escapes, and no requests at the beginning of lines.
std::string roff(std::string_view text) {
    std::string out;
    for (char c : text) {
        bool first = out.empty() || out.back() == '\n';
        if (first && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    return out;
}

std::string option_entries(const std::vector<DescribedOption>& options) {
    std::string out;
    for (const DescribedOption& option : options) {
        std::string names;
        for (const std::string& name : option.names)
            names += (names.empty() ? "" : ", ") + fmt::format("\\fB{}\\fR", roff(name));
        if (option.names.empty())
            names = fmt::format("\\fI{}\\fR", roff(spelled_option(option)));
        else if (!option.value.empty())
            names += fmt::format(" \\fI{}\\fR", roff(option.value));
        out += fmt::format(".TP\n{}\n{}\n", names, roff(full_description(option)));
    }
    return out;
}

// `Example:` and the indented lines below it.
std::string example(const std::string& footer) {
    std::string out;
    std::istringstream lines(footer);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("  ")) out += roff(line.substr(2)) + "\n";
    return out.empty() ? "" : ".PP\n.nf\n.RS\n" + out + ".RE\n.fi\n";
}

constexpr std::string_view kEnd = R"(.SH EXIT STATUS
.TP
0
All is well.
.TP
1
The command found what it looks for: a failed test, a gate that is not met, an alert with \fB\-\-fail\-on\-alert\fR.
.TP
2
Rules, tests or events are invalid. Each problem is printed with its place.
.TP
3
Wrong usage, or something that the environment lacks: a file, a package, room on the disk.
.SH ENVIRONMENT
.TP
\fBXDG_CACHE_HOME\fR
Native code is kept in its folder \fIstoop\fR, else in \fI~/.cache/stoop\fR.
.TP
\fBCI\fR
If it is set, no native code is kept unless \fB\-\-cache\fR is given.
.TP
\fBNO_COLOR\fR
If it is set, there are no colours unless \fB\-\-color always\fR is given.
.TP
\fBFALCO_HOSTNAME\fR
The host that JSON alerts name.
.TP
\fBTZ\fR
The time zone of alerts.
.SH SEE ALSO
.BR falco (8)
)";

}  // namespace

std::string man_page(const OptionTable& table, const std::string& version) {
    const DescribedCommand& program = table.program;
    std::string out = fmt::format(
        ".\\\" Made by 'stoop generate man'.\n.TH STOOP 1 \"\" \"stoop {}\" \"User Commands\"\n"
        ".SH NAME\nstoop \\- compile Falco rules and test them against recorded events\n"
        ".SH SYNOPSIS\n.B stoop\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIPATHS\\fR]\n"
        ".SH DESCRIPTION\n{}\n.PP\nA path is a file or a folder, or \\fB\\-\\fR for standard input.\n"
        ".SH OPTIONS\nEvery command has these.\n{}.SH COMMANDS\n",
        version, roff(program.description), option_entries(program.options));
    for (const DescribedCommand& command : table.commands)
        out += fmt::format(".SS {}\n{}.\n{}{}{}", roff(usage_of(command, "stoop " + command.name)),
                           roff(command.description), option_entries(command.arguments),
                           option_entries(command.options), example(command.footer));
    return out + std::string(kEnd);
}

}  // namespace stoop::cli
