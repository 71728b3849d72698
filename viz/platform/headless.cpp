// The headless surface: real OpenGL pictures on a machine without a display, through EGL's
// surfaceless platform (Mesa; llvmpipe when there is no GPU). The same program draws the same bytes
// every time.
#include <epoxy/egl.h>
#include <epoxy/gl.h>
#include <fmt/format.h>
#include <imgui_impl_opengl3.h>

#include "viz/platform/gl_frame.h"
#include "viz/platform/offscreen.h"

namespace mailscope::viz {

namespace {

struct EglContext {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
};

Error no_egl(const char* what) {
  return Error{fmt::format(
      "Cannot draw without a display: {}. Mesa's EGL is needed (Debian: libegl1, libgl1-mesa-dri).",
      what)};
}

Result<EglContext> make_context() {
  if (!epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_EXT_platform_base") ||
      !epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_MESA_platform_surfaceless")) {
    return no_egl("EGL has no surfaceless platform");
  }
  EglContext egl;
  egl.display = eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
  // The display is shared by all surfaces of the process and so never terminated.
  if (egl.display == EGL_NO_DISPLAY || !eglInitialize(egl.display, nullptr, nullptr)) {
    return no_egl("EGL did not start");
  }
  if (!eglBindAPI(EGL_OPENGL_API)) return no_egl("EGL offers no desktop OpenGL");
  const EGLint config_wish[] = {EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint found = 0;
  if (!eglChooseConfig(egl.display, config_wish, &config, 1, &found) || found == 0) {
    return no_egl("EGL offers no fitting configuration");
  }
  const EGLint context_wish[] = {EGL_CONTEXT_MAJOR_VERSION,
                                 3,
                                 EGL_CONTEXT_MINOR_VERSION,
                                 3,
                                 EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                 EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                 EGL_NONE};
  egl.context = eglCreateContext(egl.display, config, EGL_NO_CONTEXT, context_wish);
  if (egl.context == EGL_NO_CONTEXT) return no_egl("OpenGL 3.3 is not available");
  return egl;
}

class HeadlessSurface : public OffscreenSurface {
 public:
  HeadlessSurface(const OffscreenOptions& options, EglContext egl)
      : OffscreenSurface(options), egl_(egl) {}

  ~HeadlessSurface() override {
    make_current();
    if (backend_) ImGui_ImplOpenGL3_Shutdown();
    glDeleteFramebuffers(1, &framebuffer_);
    glDeleteRenderbuffers(1, &color_);
    eglMakeCurrent(egl_.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(egl_.display, egl_.context);
  }

  /// An error when the driver will not draw at this size.
  std::optional<Error> prepare() {
    make_current();
    glGenFramebuffers(1, &framebuffer_);
    glGenRenderbuffers(1, &color_);
    glBindRenderbuffer(GL_RENDERBUFFER, color_);
    glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, size().width, size().height);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, color_);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
      return no_egl("the framebuffer is incomplete, perhaps too large");
    }
    backend_ = ImGui_ImplOpenGL3_Init("#version 330 core");
    if (!backend_) return no_egl("Dear ImGui's OpenGL backend did not start");
    return std::nullopt;
  }

  void begin_frame() override {
    make_current();
    feed_imgui();
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::NewFrame();
  }

  void end_frame(Color clear) override {
    make_current();
    draw_imgui_frame(size(), clear);
  }

  void fonts_changed() override {
    make_current();
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }

  Result<Image> read_pixels() override {
    make_current();
    return read_framebuffer(size());
  }

 private:
  void make_current() {
    eglMakeCurrent(egl_.display, EGL_NO_SURFACE, EGL_NO_SURFACE, egl_.context);
    context_.make_current();
    if (framebuffer_ != 0) glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  }

  EglContext egl_;
  GLuint framebuffer_ = 0;
  GLuint color_ = 0;
  bool backend_ = false;
};

}  // namespace

Result<std::unique_ptr<Surface>> open_headless(const OffscreenOptions& options) {
  Result<EglContext> egl = make_context();
  if (!egl.ok()) return Error{egl.error()};
  auto surface = std::make_unique<HeadlessSurface>(options, egl.value());
  if (std::optional<Error> error = surface->prepare()) return *error;
  return std::unique_ptr<Surface>(std::move(surface));
}

}  // namespace mailscope::viz
