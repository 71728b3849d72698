// The window: GLFW, OpenGL 3.3 core and Dear ImGui's own backends. An idle window sleeps in the
// event queue.
#include <epoxy/gl.h>
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <fmt/format.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <atomic>

#include "sim/base/check.h"
#include "viz/platform/gl_frame.h"
#include "viz/platform/glfw_keys.h"
#include "viz/platform/imgui_context.h"
#include "viz/platform/surface.h"

namespace mailscope::viz {

namespace {

// Frames drawn after the last event: ImGui needs a second look for what it laid out in the first.
constexpr int kSettleFrames = 2;

class WindowSurface : public Surface {
 public:
  explicit WindowSurface(GLFWwindow* window) : window_(window) {}

  ~WindowSurface() override {
    glfwMakeContextCurrent(window_);
    context_.make_current();
    if (gl_backend_) ImGui_ImplOpenGL3_Shutdown();
    if (glfw_backend_) ImGui_ImplGlfw_Shutdown();
    glfwDestroyWindow(window_);
    glfwTerminate();
  }

  bool prepare(bool vsync) {
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(vsync ? 1 : 0);
    context_.make_current();
    glfwSetWindowUserPointer(window_, this);
    // Ours first: the backend, installing its own afterwards, calls those it finds.
    glfwSetKeyCallback(window_, on_key);
    glfwSetCharCallback(window_, on_char);
    glfwSetMouseButtonCallback(window_, [](GLFWwindow* w, int, int, int) { self(w).stir(); });
    glfwSetScrollCallback(window_, [](GLFWwindow* w, double, double) { self(w).stir(); });
    glfwSetWindowFocusCallback(window_, [](GLFWwindow* w, int) { self(w).stir(); });
    glfwSetCursorEnterCallback(window_, [](GLFWwindow* w, int) { self(w).stir(); });
    // 1.86's backend asks for the position itself; later ones chain to this.
    glfwSetCursorPosCallback(window_, [](GLFWwindow* w, double, double) { self(w).stir(); });
    glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* w, int, int) { self(w).stir(); });
    glfwSetWindowRefreshCallback(window_, [](GLFWwindow* w) { self(w).stir(); });
    glfwSetWindowContentScaleCallback(window_, [](GLFWwindow* w, float, float) { self(w).stir(); });
    glfw_backend_ = ImGui_ImplGlfw_InitForOpenGL(window_, true);
    gl_backend_ = glfw_backend_ && ImGui_ImplOpenGL3_Init("#version 330 core");
    return gl_backend_;
  }

  [[nodiscard]] PixelSize size() const override {
    PixelSize size;
    glfwGetFramebufferSize(window_, &size.width, &size.height);
    return size;
  }

  [[nodiscard]] float content_scale() const override {
    float x = 1;
    float y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    return std::max(1.0f, std::max(x, y));
  }

  [[nodiscard]] bool should_close() const override { return glfwWindowShouldClose(window_) != 0; }
  void close() override { glfwSetWindowShouldClose(window_, GLFW_TRUE); }

  void wait_events(double timeout_s) override {
    const bool asked = redraw_.exchange(false);
    if (asked || settle_ > 0 || timeout_s <= 0) {
      glfwPollEvents();
    } else {
      glfwWaitEventsTimeout(timeout_s);
      redraw_ = false;  // it woke us, if it was set meanwhile
    }
    settle_ = std::max(0, settle_ - 1);
    if (stirred_) settle_ = kSettleFrames;
    stirred_ = false;
  }

  void request_redraw() override {
    redraw_ = true;
    glfwPostEmptyEvent();
  }

  void begin_frame() override {
    glfwMakeContextCurrent(window_);
    context_.make_current();
    input_ = std::move(arriving_);
    arriving_ = {};
    time_s_ = glfwGetTime();
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
  }

  void end_frame(Color clear) override {
    draw_imgui_frame(size(), clear);
    if (keep_pixels_) pixels_ = read_framebuffer(size());
    glfwSwapBuffers(window_);
  }

  [[nodiscard]] double frame_time_s() const override { return time_s_; }
  [[nodiscard]] const FrameInput& input() const override { return input_; }
  [[nodiscard]] ImFontAtlas& fonts() override { return *context_.io().Fonts; }

  void fonts_changed() override {
    glfwMakeContextCurrent(window_);
    context_.make_current();
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
    stir();
  }

  Result<Image> read_pixels() override {
    // After the swap the back buffer is undefined, so a frame is copied before it, once somebody
    // has asked.
    keep_pixels_ = true;
    if (pixels_.rgba.empty()) {
      request_redraw();
      return Error{"No frame has been kept yet; ask again after the next one."};
    }
    return pixels_;
  }

  void set_title(const std::string& title) override { glfwSetWindowTitle(window_, title.c_str()); }
  void inject(const InputEvent&) override { CHECK(false && "a window takes no made-up input"); }
  [[nodiscard]] bool input_pending() const override { return false; }

 private:
  static WindowSurface& self(GLFWwindow* window) {
    return *static_cast<WindowSurface*>(glfwGetWindowUserPointer(window));
  }

  static void on_key(GLFWwindow* window, int key, int scancode, int action, int mods) {
    self(window).stir();
    if (action == GLFW_RELEASE) return;
    const Key ours = key_from_glfw(key, scancode);
    if (ours == Key::kNone) return;
    self(window).arriving_.keys.push_back({ours, mods_from_glfw(mods), action == GLFW_REPEAT});
  }

  static void on_char(GLFWwindow* window, unsigned code_point) {
    self(window).stir();
    self(window).arriving_.typed.push_back(static_cast<char32_t>(code_point));
  }

  void stir() { stirred_ = true; }

  GLFWwindow* window_;
  ImGuiContextOwner context_;
  bool glfw_backend_ = false;
  bool gl_backend_ = false;
  FrameInput arriving_;
  FrameInput input_;
  double time_s_ = 0;
  bool stirred_ = true;
  int settle_ = kSettleFrames;
  std::atomic<bool> redraw_{false};
  bool keep_pixels_ = false;
  Image pixels_;
};

std::string glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text != nullptr ? text : "no reason given";
}

// As large as wished, at the display's scale, but within what panels and bars leave of the screen.
PixelSize fitting_size(const WindowOptions& options) {
  PixelSize size = {options.width, options.height};
  GLFWmonitor* const monitor = glfwGetPrimaryMonitor();
  if (monitor == nullptr) return size;
  float x_scale = 1;
  float y_scale = 1;
  glfwGetMonitorContentScale(monitor, &x_scale, &y_scale);
  int x = 0;
  int y = 0;
  PixelSize area;
  glfwGetMonitorWorkarea(monitor, &x, &y, &area.width, &area.height);
  // GLFW_SCALE_TO_MONITOR multiplies by the scale, so the limit is divided by it.
  const auto limit = [](int wished, int room, float scale) {
    return room > 0 ? std::min(wished, static_cast<int>(static_cast<float>(room) / scale)) : wished;
  };
  return {limit(size.width, area.width, std::max(1.0f, x_scale)),
          limit(size.height, area.height, std::max(1.0f, y_scale))};
}

}  // namespace

Result<std::unique_ptr<Surface>> open_window(const WindowOptions& options) {
  if (glfwInit() != GLFW_TRUE) {
    return Error{fmt::format(
        "Cannot open a window: {}. Is there a display (DISPLAY is set, the X server reachable)?",
        glfw_error())};
  }
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "mailscope");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "mailscope");
  const PixelSize size = fitting_size(options);
  GLFWwindow* window =
      glfwCreateWindow(size.width, size.height, options.title.c_str(), nullptr, nullptr);
  if (window == nullptr) {
    const std::string reason = glfw_error();
    glfwTerminate();
    return Error{fmt::format("Cannot open a window with OpenGL 3.3: {}.", reason)};
  }
  glfwSetWindowSizeLimits(window, 640, 400, GLFW_DONT_CARE, GLFW_DONT_CARE);
  auto surface = std::make_unique<WindowSurface>(window);
  if (!surface->prepare(options.vsync)) return Error{"Dear ImGui's backends did not start."};
  return std::unique_ptr<Surface>(std::move(surface));
}

}  // namespace mailscope::viz
