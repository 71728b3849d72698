// The choices of one thing as the rows of a right-click menu that is open.
#pragma once

#include <vector>

#include "viz/panels/panel.h"
#include "viz/scene/what_if.h"

namespace mailscope::viz {

void what_if_menu(const Panel& panel, const std::vector<WhatIf>& choices);

}  // namespace mailscope::viz
