// libyaml, which reads the configuration: https://pyyaml.org/wiki/LibYAML
#pragma once

#include <yaml.h>
