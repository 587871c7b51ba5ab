// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/llvm/perf_map.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ObjectFile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace stoop {
namespace {

using Row = llvm::DWARFDebugLine::Row;

// The lines of a sequence of rows; rows of the same place are one.
void append_lines(const llvm::DWARFDebugLine::LineTable& table, uint64_t text, std::string& out) {
    auto name = [&](const Row& row) {
        std::string file;
        table.getFileNameByIndex(row.File, "", llvm::DILineInfoSpecifier::FileLineInfoKind::BaseNameOnly,
                                 file);
        return row.Line == 0 ? std::string("stoop: finding rules") : fmt::format("{}:{}", file, row.Line);
    };
    for (size_t i = 0; i + 1 < table.Rows.size();) {
        size_t end = i + 1;
        auto same = [&](const Row& row) {
            return !row.EndSequence && row.Line == table.Rows[i].Line && row.File == table.Rows[i].File;
        };
        while (end + 1 < table.Rows.size() && same(table.Rows[end])) ++end;
        uint64_t from = table.Rows[i].Address.Address, to = table.Rows[end].Address.Address;
        if (!table.Rows[i].EndSequence && to > from)
            out += fmt::format("{:x} {:x} {}\n", text + from, to - from, name(table.Rows[i]));
        i = end;
    }
}

}  // namespace

std::string append_to_perf_map(const llvm::object::ObjectFile& file, uint64_t text) {
    auto dwarf = llvm::DWARFContext::create(file);
    std::string lines;
    for (const auto& unit : dwarf->compile_units())
        if (const auto* table = dwarf->getLineTableForUnit(unit.get())) append_lines(*table, text, lines);

    std::string path = fmt::format("/tmp/perf-{}.map", getpid());
    int map = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat status;
    bool ours = map >= 0 && fstat(map, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1 &&
                status.st_uid == geteuid();
    bool written = ours && write(map, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
    std::string problem = written ? "" : fmt::format("{}: {}", path, std::strerror(errno));
    if (map >= 0) close(map);
    return problem;
}

}  // namespace stoop
