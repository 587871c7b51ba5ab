// SPDX-License-Identifier: Apache-2.0
// What YAML makes of the usual slips, and the mend: the library's own words tell neither.
#pragma once

#include <yaml-cpp/exceptions.h>

#include <optional>
#include <string>
#include <string_view>

namespace stoop {

struct YamlSlip {
    uint32_t offset = 0;  // of the text
    std::string message, help;
};
// Nothing if the exception is not due to a known slip.
std::optional<YamlSlip> find_yaml_slip(std::string_view text, const YAML::Exception& exception);

}  // namespace stoop
