#include "text/x_names.h"

#include <string.h>

#include "base/compiler.h"
#include "text/top_names.h"

/* Of the Internet's root zone, once: given up since then, but X still links them. */
static const char gone[] =
    " "
    "active adac afamilycompany aigo an arpa bl blanco bnl boots bq budapest bugatti "
    "cancerresearch cartier caseih ceb chloe chrysler csc dodge doha doosan duck "
    "duns eh epost esurance everbank flsmidth fujixerox glade goodhands honeywell "
    "htc iinet intel iselect iveco iwc jcp jlc ladbrokes lancome liaison lixil loft "
    "lupin mcd mcdonalds meo metlife mf mobily montblanc mopar movistar mtpc "
    "mutuelle nadex nationwide newholland off onion onyourside orientexpress "
    "pamperedchef panerai piaget qvc raid rightathome rmit sapo scjohnson scor ses "
    "shriram spiegel spreadbetting srt starhub statoil swiftcover symantec telecity "
    "telefonica tp uconnect um vista vistaprint warman wed xperia zippo ";

/* Those of the root zone that are not in ASCII. */
static const char native[] = " "
                             "vermögensberater vermögensberatung ελ ευ бг бел дети ею "
                             "католик ком мкд мон москва онлайн орг рус "
                             "рф сайт срб укр қаз հայ קום ابوظبي اتصالات "
                             "ارامكو الاردن البحرين الجزائر السعودية "
                             "العليان المغرب امارات ایران بارت بازار "
                             "بيتك بھارت تونس سودان سورية شبكة عراق عرب "
                             "عمان فلسطين قطر كاثوليك كوم مصر مليسيا "
                             "موبايلي موريتانيا موقع همراه پاکستان ڀارت "
                             "कॉम नेट भारत भारतम् भारोत "
                             "संगठन বাংলা ভারত ভাৰত ਭਾਰਤ "
                             "ભારત ଭାରତ இந்தியா இலங்கை "
                             "சிங்கப்பூர் భారత్ ಭಾರತ ഭാരതം "
                             "ලංකා คอม ไทย ລາວ გე みんな クラウド "
                             "グーグル コム ストア セール ファッション ポイント 世界 "
                             "中信 中国 中國 中文网 企业 佛山 信息 健康 八卦 公司 公益 "
                             "台湾 台灣 商城 商店 商标 嘉里 嘉里大酒店 在线 大众汽车 "
                             "大拿 天主教 娱乐 家電 工行 广东 微博 慈善 我爱你 手机 "
                             "手表 招聘 政务 政府 新加坡 新闻 时尚 書籍 机构 淡马锡 "
                             "游戏 澳門 点看 珠宝 移动 组织机构 网址 网店 网站 网络 "
                             "联通 诺基亚 谷歌 购物 通販 集团 電訊盈科 飞利浦 食品 "
                             "餐厅 香格里拉 香港 닷넷 닷컴 삼성 한국 ";

/* Younger than X's published list. */
static const char younger[] = " amazon kids music spa ";

enum { LONGEST = 24 };

static bool lists(const char *list, const char *name, size_t length)
{
    char wanted[LONGEST + 3] = " ";

    memcpy(wanted + 1, name, length);
    wanted[length + 1] = ' ';
    return strstr(list, wanted) != NULL;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

enum x_name x_name_ascii(const char *text, size_t length)
{
    char name[LONGEST];

    if (length == 0 || length > LONGEST)
        return X_NAME_NONE;
    for (size_t i = 0; i < length; i++)
        name[i] = lower(text[i]);
    if (lists(younger, name, length))
        return X_NAME_YOUNG;
    return top_name_is_known(name, length) || lists(gone, name, length) ? X_NAME_SURE : X_NAME_NONE;
}

size_t x_name_native(const char *text)
{
    size_t longest = 0;

    for (const char *name = native + 1; *name; name += strcspn(name, " ") + 1) {
        size_t length = strcspn(name, " ");

        if (length > longest && strncmp(name, text, length) == 0)
            longest = length;
    }
    return longest;
}
