// The documents of a YAML text. Throws YAML::Exception where it is not YAML; ends on any input.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace stoop {

std::vector<YAML::Node> load_yaml_documents(const std::string& text);

}  // namespace stoop
