#include "testing/workflow_command.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace stoop {

// What would end a workflow command, or one of its properties, is written as a percent code.
static std::string escaped(const std::string& raw, bool property) {
    using nlohmann::json;
    // What is not UTF-8 is replaced, as in the other formats.
    auto text =
        json::parse(json(raw).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
    std::string out;
    for (char c : text) {
        bool code = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
        out += code ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
    }
    return out;
}

std::string workflow_command(std::string_view level, const Place& place, const std::string& title,
                             const std::string& message) {
    return fmt::format("::{} file={},line={},col={},title={}::{}\n", level, escaped(place.file, true),
                       place.line, place.column, escaped(title, true), escaped(message, false));
}

std::string workflow_command(std::string_view level, const std::string& message) {
    return fmt::format("::{}::{}\n", level, escaped(message, false));
}

}  // namespace stoop
