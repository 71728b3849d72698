// Icons: Font Awesome 4.7 glyphs named by what they mean here, as UTF-8. Every font of Fonts has
// them but the mono ones. Add a glyph here and to kAllIcons below; fonts.cpp rasterizes just these.
#pragma once

namespace mailscope::viz {

// Transport: the step buttons.
constexpr const char* kIconPlay = "\xEF\x81\x8B";  // U+F04B
constexpr const char* kIconPause = "\xEF\x81\x8C";  // U+F04C
constexpr const char* kIconStepBack = "\xEF\x81\x88";  // U+F048
constexpr const char* kIconStepForward = "\xEF\x81\x91";  // U+F051
constexpr const char* kIconToStart = "\xEF\x81\x89";  // U+F049
constexpr const char* kIconToEnd = "\xEF\x81\x90";  // U+F050
constexpr const char* kIconUndo = "\xEF\x83\xA2";  // U+F0E2
constexpr const char* kIconRepeat = "\xEF\x80\x9E";  // U+F01E
constexpr const char* kIconClock = "\xEF\x80\x97";  // U+F017

// Machines and the network.
constexpr const char* kIconLaptop = "\xEF\x84\x89";  // U+F109
constexpr const char* kIconPhone = "\xEF\x84\x8B";  // U+F10B
constexpr const char* kIconDesktop = "\xEF\x84\x88";  // U+F108
constexpr const char* kIconServer = "\xEF\x88\xB3";  // U+F233
constexpr const char* kIconCloud = "\xEF\x83\x82";  // U+F0C2
constexpr const char* kIconWifi = "\xEF\x87\xAB";  // U+F1EB
constexpr const char* kIconPlug = "\xEF\x87\xA6";  // U+F1E6
constexpr const char* kIconUnlinked = "\xEF\x84\xA7";  // U+F127
constexpr const char* kIconBolt = "\xEF\x83\xA7";  // U+F0E7
constexpr const char* kIconExchange = "\xEF\x83\xAC";  // U+F0EC

// Mail.
constexpr const char* kIconEnvelope = "\xEF\x83\xA0";  // U+F0E0
constexpr const char* kIconEnvelopeOpen = "\xEF\x8A\xB6";  // U+F2B6
constexpr const char* kIconInbox = "\xEF\x80\x9C";  // U+F01C
constexpr const char* kIconFolder = "\xEF\x81\xBB";  // U+F07B
constexpr const char* kIconFlag = "\xEF\x80\xA4";  // U+F024
constexpr const char* kIconStar = "\xEF\x80\x85";  // U+F005
constexpr const char* kIconReply = "\xEF\x84\x92";  // U+F112
constexpr const char* kIconPaperclip = "\xEF\x83\x86";  // U+F0C6
constexpr const char* kIconTrash = "\xEF\x87\xB8";  // U+F1F8
constexpr const char* kIconEye = "\xEF\x81\xAE";  // U+F06E
constexpr const char* kIconEyeSlash = "\xEF\x81\xB0";  // U+F070
constexpr const char* kIconUser = "\xEF\x80\x87";  // U+F007

// Changes and marks.
constexpr const char* kIconCheck = "\xEF\x80\x8C";  // U+F00C
constexpr const char* kIconPlus = "\xEF\x81\xA7";  // U+F067
constexpr const char* kIconMinus = "\xEF\x81\xA8";  // U+F068
constexpr const char* kIconPencil = "\xEF\x81\x80";  // U+F040
constexpr const char* kIconClose = "\xEF\x80\x8D";  // U+F00D
constexpr const char* kIconBan = "\xEF\x81\x9E";  // U+F05E
constexpr const char* kIconScissors = "\xEF\x83\x84";  // U+F0C4
constexpr const char* kIconLock = "\xEF\x80\xA3";  // U+F023
constexpr const char* kIconUnlock = "\xEF\x84\xBE";  // U+F13E
constexpr const char* kIconWarning = "\xEF\x81\xB1";  // U+F071
constexpr const char* kIconInfo = "\xEF\x81\x9A";  // U+F05A
constexpr const char* kIconCircle = "\xEF\x84\x91";  // U+F111
constexpr const char* kIconCircleOutline = "\xEF\x84\x8C";  // U+F10C
constexpr const char* kIconDotCircle = "\xEF\x86\x92";  // U+F192
constexpr const char* kIconCheckCircle = "\xEF\x81\x98";  // U+F058

// Tools and navigation.
constexpr const char* kIconQuestion = "\xEF\x84\xA8";  // U+F128
constexpr const char* kIconQuestionCircle = "\xEF\x81\x99";  // U+F059
constexpr const char* kIconLightbulb = "\xEF\x83\xAB";  // U+F0EB
constexpr const char* kIconSearch = "\xEF\x80\x82";  // U+F002
constexpr const char* kIconSun = "\xEF\x86\x85";  // U+F185
constexpr const char* kIconMoon = "\xEF\x86\x86";  // U+F186
constexpr const char* kIconLanguage = "\xEF\x86\xAB";  // U+F1AB
constexpr const char* kIconGlobe = "\xEF\x82\xAC";  // U+F0AC
constexpr const char* kIconCog = "\xEF\x80\x93";  // U+F013
constexpr const char* kIconKeyboard = "\xEF\x84\x9C";  // U+F11C
constexpr const char* kIconExpand = "\xEF\x81\xA5";  // U+F065
constexpr const char* kIconScreen = "\xEF\x89\xAC";  // U+F26C
constexpr const char* kIconCopy = "\xEF\x83\x85";  // U+F0C5
constexpr const char* kIconSave = "\xEF\x83\x87";  // U+F0C7
constexpr const char* kIconDownload = "\xEF\x80\x99";  // U+F019
constexpr const char* kIconUpload = "\xEF\x82\x93";  // U+F093
constexpr const char* kIconBranch = "\xEF\x84\xA6";  // U+F126
constexpr const char* kIconBook = "\xEF\x80\xAD";  // U+F02D
constexpr const char* kIconLesson = "\xEF\x86\x9D";  // U+F19D
constexpr const char* kIconSandbox = "\xEF\x83\x83";  // U+F0C3
constexpr const char* kIconCompare = "\xEF\x83\x9B";  // U+F0DB
constexpr const char* kIconList = "\xEF\x80\xBA";  // U+F03A
constexpr const char* kIconMenu = "\xEF\x83\x89";  // U+F0C9
constexpr const char* kIconMore = "\xEF\x85\x81";  // U+F141
constexpr const char* kIconPin = "\xEF\x82\x8D";  // U+F08D
constexpr const char* kIconExternal = "\xEF\x82\x8E";  // U+F08E
constexpr const char* kIconCaretDown = "\xEF\x83\x97";  // U+F0D7
constexpr const char* kIconCaretRight = "\xEF\x83\x9A";  // U+F0DA
constexpr const char* kIconChevronRight = "\xEF\x81\x94";  // U+F054
constexpr const char* kIconChevronDown = "\xEF\x81\xB8";  // U+F078
constexpr const char* kIconArrowRight = "\xEF\x81\xA1";  // U+F061
constexpr const char* kIconArrowLeft = "\xEF\x81\xA0";  // U+F060

inline constexpr char32_t kAllIcons[] = {
    0xF04B, 0xF04C, 0xF048, 0xF051, 0xF049, 0xF050, 0xF0E2, 0xF01E, 0xF017,
    0xF109, 0xF10B, 0xF108, 0xF233, 0xF0C2, 0xF1EB, 0xF1E6, 0xF127, 0xF0E7,
    0xF0EC, 0xF0E0, 0xF2B6, 0xF01C, 0xF07B, 0xF024, 0xF005, 0xF112, 0xF0C6,
    0xF1F8, 0xF06E, 0xF070, 0xF007, 0xF00C, 0xF067, 0xF068, 0xF040, 0xF00D,
    0xF05E, 0xF0C4, 0xF023, 0xF13E, 0xF071, 0xF05A, 0xF111, 0xF10C, 0xF192,
    0xF058, 0xF128, 0xF059, 0xF0EB, 0xF002, 0xF185, 0xF186, 0xF1AB, 0xF0AC,
    0xF013, 0xF11C, 0xF065, 0xF26C, 0xF0C5, 0xF0C7, 0xF019, 0xF093, 0xF126,
    0xF02D, 0xF19D, 0xF0C3, 0xF0DB, 0xF03A, 0xF0C9, 0xF141, 0xF08D, 0xF08E,
    0xF0D7, 0xF0DA, 0xF054, 0xF078, 0xF061, 0xF060,
};

}  // namespace mailscope::viz
