/* What goes wrong, and how it is right: one example for each finding.
 *
 * tests/unit/test_examples.c lays each of them into a workspace: the wrong one must have its
 * finding, the right one must not, and no error. EXAMPLE_WORDS says in words what lines of a file
 * cannot show. The files in media/ that the examples name are made up by that test. */
#include "campaign/finding_examples.h"

#include <string.h>

#include "base/compiler.h"
#include "base/i18n.h"

/* clang-format off */
static const struct finding_example examples[] = {
    {"E101", EXAMPLE_WORDS,
     N_("campaigns/traffic.cfg is a folder, a link to another place, larger than 1 MiB, or closed to you"),
     N_("campaigns/traffic.cfg is an ordinary text file that you may read")},
    {"E102", EXAMPLE_WORDS,
     N_("saved as \"ANSI\", ISCII or in another encoding of former days"),
     N_("saved as UTF-8")},
    {"E103", EXAMPLE_WORDS,
     N_("saved as \"Unicode\" or \"UTF-16\""),
     N_("saved as UTF-8")},
    {"W104", EXAMPLE_WORDS,
     N_("saved as \"UTF-8 with BOM\""),
     N_("saved as \"UTF-8\"")},
    {"E105", EXAMPLE_WORDS,
     N_("a file that a broken disk or a wrong program has filled with zeros"),
     N_("its last good copy")},
    {"E106", EXAMPLE_POST,
     "text = \"Dial \u202E211\";",
     "text = \"Dial 112\";"},
    {"E107", EXAMPLE_WORDS,
     N_("saved with the line ends \"Classic Mac (CR)\""),
     N_("saved with the line ends \"Unix (LF)\" or \"Windows (CR LF)\"")},
    {"E108", EXAMPLE_CAMPAIGN,
     "@include \"words.cfg\"",
     "vars = { helpline = \"112\"; };"},
    {"E109", EXAMPLE_POST,
     "text = \"Wear a helmet.;",
     "text = \"Wear a helmet.\";"},
    {"E110", EXAMPLE_POST,
     "text = \"Wear a helmet.”;",
     "text = \"Wear a helmet.\";"},
    {"E111", EXAMPLE_POST,
     "accounts = [ \"toots\";\n"
     "late     = \"hold\";",
     "accounts = [ \"toots\" ];\n"
     "late     = \"hold\";"},
    {"E112", EXAMPLE_POST,
     "shedule = \"2026-12-01 09:30\";",
     "at = \"2026-12-01 09:30\";"},
    {"E113", EXAMPLE_POST,
     "text = \"Wear a helmet.\" ];",
     "text = \"Wear a helmet.\";"},
    {"E114", EXAMPLE_CAMPAIGN,
     "/* Texts of the traffic wing.",
     "/* Texts of the traffic wing. */"},
    {"E115", EXAMPLE_CAMPAIGN,
     "accounts = [ \"toots\" \"sky\" ];",
     "accounts = [ \"toots\", \"sky\" ];"},
    {"E116", EXAMPLE_CAMPAIGN,
     "accounts = [ \"toots\", \"sky\", ];",
     "accounts = [ \"toots\", \"sky\" ];"},
    {"E117", EXAMPLE_POST,
     "text = \"Wear a helmet.\\r\\nEvery ride.\";",
     "text = \"Wear a helmet.\\nEvery ride.\";"},
    {"E118", EXAMPLE_POST,
     "text = “Wear a helmet.”;",
     "text = \"Wear a helmet.\";"},
    {"E119", EXAMPLE_POST,
     "text =\u00A0\"Wear a helmet.\";  # the blank behind = is none",
     "text = \"Wear a helmet.\";"},
    {"E120", EXAMPLE_CAMPAIGN,
     "accounts = [ \"toots\",, \"sky\" ];",
     "accounts = [ \"toots\", \"sky\" ];"},
    {"E121", EXAMPLE_CAMPAIGN,
     "vars = { phone = 18001804321; };",
     "vars = { phone = \"1800-180-4321\"; };"},
    {"W122", EXAMPLE_POST,
     "repeat = { every = \"day\"; interval = 02; at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { every = \"day\"; interval = 2; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E123", EXAMPLE_POST,
     "late = hold;",
     "late = \"hold\";"},
    {"E124", EXAMPLE_POST,
     "late = ;",
     "late = \"hold\";"},
    {"E125", EXAMPLE_POST,
     "late \"hold\";",
     "late = \"hold\";"},
    {"E126", EXAMPLE_POST,
     "late = \"hold\";\n"
     "late = \"publish\";",
     "late = \"hold\";"},
    {"E127", EXAMPLE_CAMPAIGN,
     "vars = { helpline = ((((((((((( \"112\" ))))))))))); };",
     "vars = { helpline = \"112\"; };"},
    {"E128", EXAMPLE_WORDS,
     N_("a group with more than 1,000 keys"),
     N_("the posts stand in posts = ( { ... }, { ... } ); each with its own few keys")},
    {"E129", EXAMPLE_POST,
     "media = [ { file = \"helmet.jpg\"; alt = \"A helmet\"; } ];",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"W130", EXAMPLE_WORDS,
     N_("campaigns/Road Safety.cfg"),
     N_("campaigns/road-safety.cfg")},
    {"E131", EXAMPLE_WORDS,
     N_("a file with a hundred mistakes, such as a letter that somebody renamed to .cfg"),
     N_("the same file once those that are shown are corrected")},
    {"E132", EXAMPLE_WORDS,
     N_("a file that breaks off in the middle of a line"),
     N_("each line is: key = value;")},
    {"E133", EXAMPLE_POST,
     "शीर्षक = \"Road safety\";",
     "title = \"Road safety\";"},
    {"E134", EXAMPLE_POST,
     "text = \"Wear\ta helmet.\";  # a tab behind Wear",
     "text = \"Wear a helmet.\";"},
    {"E135", EXAMPLE_WORDS,
     N_("the workspace has no folder campaigns, or you may not open it"),
     N_("the campaigns lie in campaigns/, and you may read it")},
    {"E137", EXAMPLE_POST,
     "text = \"He said \"stop\" and we stopped.\";",
     "text = \"He said \\\"stop\\\" and we stopped.\";"},
    {"E138", EXAMPLE_CAMPAIGN,
     "accounts = [ \"toots\"; \"sky\" ];",
     "accounts = [ \"toots\", \"sky\" ];"},
    {"E139", EXAMPLE_POST,
     "text = \"Wear a helmet.\\n\";\n"
     "       \"Every ride.\";",
     "text = \"Wear a helmet.\\n\"\n"
     "       \"Every ride.\";"},
    {"E140", EXAMPLE_POST,
     "draft = yes;",
     "draft = true;"},
    {"E201", EXAMPLE_CAMPAIGN,
     "vars = \"112\";",
     "vars = { helpline = \"112\"; };"},
    {"E202", EXAMPLE_FILE,
     "accounts = [ \"toots\" ];\n"
     "posts = ( { at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; } );",
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; } );"},
    {"E203", EXAMPLE_POST,
     "late = \"never\";",
     "late = \"hold\";"},
    {"E204", EXAMPLE_POST,
     "repeat = { every = \"day\"; interval = 0; at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { every = \"day\"; interval = 1; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E205", EXAMPLE_POST,
     "id = \"helmet & belt\";",
     "id = \"helmet-belt\";"},
    {"E206", EXAMPLE_POST,
     "id = \"Helmet\";",
     "id = \"helmet\";"},
    {"E207", EXAMPLE_FILE,
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; },\n"
     "          { id = \"helmet\"; at = \"2026-12-08 09:30\"; text = \"Strap it, too.\"; } );",
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\";   at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; },\n"
     "          { id = \"helmet-2\"; at = \"2026-12-08 09:30\"; text = \"Strap it, too.\"; } );"},
    {"E208", EXAMPLE_POST,
     "interval = 2;",
     "repeat = { every = \"week\"; interval = 2; on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E209", EXAMPLE_POST,
     "text  = \"Wear a helmet.\";\n"
     "texts = ( \"Strap it, too.\", \"Every ride.\" );",
     "texts = ( \"Wear a helmet.\", \"Strap it, too.\", \"Every ride.\" );"},
    {"E210", EXAMPLE_CAMPAIGN,
     "accounts = [ \"tots\" ];",
     "accounts = [ \"toots\" ];"},
    {"E211", EXAMPLE_FILE,
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; } );",
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; } );"},
    {"E212", EXAMPLE_FILE,
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; } );",
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; } );"},
    {"E213", EXAMPLE_CAMPAIGN,
     "vars = { Helpline = \"112\"; };",
     "vars = { helpline = \"112\"; };"},
    {"E214", EXAMPLE_POST,
     "accounts = \"toots\";",
     "accounts = [ \"toots\" ];"},
    {"E215", EXAMPLE_POST,
     "language = \"Hindi\";",
     "language = \"hi\";"},
    {"E216", EXAMPLE_POST,
     "text = \"\";",
     "text = \"Wear a helmet.\";"},
    {"E217", EXAMPLE_POST,
     "at     = \"2026-12-01 09:30\";\n"
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E218", EXAMPLE_FILE,
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; text = \"Wear a helmet.\"; } );",
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; } );"},
    {"E219", EXAMPLE_POST,
     "useful_for = \"6 hours\";",
     "useful_for = \"6h\";"},
    {"E220", EXAMPLE_POST,
     "useful_for = \"30d\";",
     "useful_for = \"7d\";"},
    {"W222", EXAMPLE_POST,
     "accounts = [ \"toots\" ];\n"
     "sky      = { text = \"Wear a helmet, every ride.\"; };",
     "accounts = [ \"toots\", \"sky\" ];\n"
     "sky      = { text = \"Wear a helmet, every ride.\"; };"},
    {"W223", EXAMPLE_CAMPAIGN,
     "accounts = [ \"toots\", \"sky\", \"toots\" ];",
     "accounts = [ \"toots\", \"sky\" ];"},
    {"E224", EXAMPLE_POST,
     "texts = ( );",
     "texts = ( \"Wear a helmet.\", \"Strap it, too.\" );"},
    {"W225", EXAMPLE_FILE,
     "title    = \"Road safety\";\n"
     "accounts = [ \"toots\" ];",
     "title    = \"Road safety\";\n"
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\"; } );"},
    {"E226", EXAMPLE_POST,
     "repeat = { on = [ \"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\", \"Sat\", \"Sun\", \"Mon\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { every = \"day\"; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E227", EXAMPLE_POST,
     "texts  = ( \"Wear a helmet.\", \"Strap it, too.\" );\n"
     "thread = ( \"Every ride.\" );",
     "text   = \"Wear a helmet.\";\n"
     "thread = ( \"Strap it, too.\", \"Every ride.\" );"},
    {"E301", EXAMPLE_POST,
     "at = \"1.12.2026 9:30\";",
     "at = \"2026-12-01 09:30\";"},
    {"E302", EXAMPLE_POST,
     "at = \"2027-03-28 02:30\";  # in crier.cfg: timezone = \"Europe/Berlin\";",
     "at = \"2027-03-28 03:30\";  # in crier.cfg: timezone = \"Europe/Berlin\";"},
    {"E303", EXAMPLE_POST,
     "at = \"2027-10-31 02:30\";  # in crier.cfg: timezone = \"Europe/Berlin\";",
     "at = \"2027-10-31 03:30\";  # in crier.cfg: timezone = \"Europe/Berlin\";"},
    {"E304", EXAMPLE_POST,
     "at = \"2062-12-01 09:30\";",
     "at = \"2026-12-01 09:30\";"},
    {"E305", EXAMPLE_POST,
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2027-03-31\"; until = \"2026-12-01\"; };",
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; until = \"2027-03-31\"; };"},
    {"E306", EXAMPLE_POST,
     "repeat = { at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { every = \"day\"; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E307", EXAMPLE_POST,
     "repeat = { on = [ \"Friday\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E308", EXAMPLE_POST,
     "repeat = { day = [ 32 ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { day = [ -1 ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"E309", EXAMPLE_POST,
     "repeat = { nth = \"fifth Fri\"; at = [ \"19:00\" ]; from = \"2026-12-01\"; };",
     "repeat = { nth = \"last Fri\"; at = [ \"19:00\" ]; from = \"2026-12-01\"; };"},
    {"W311", EXAMPLE_POST,
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; except = [ \"2026-12-26\" ]; };",
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; except = [ \"2026-12-25\" ]; };"},
    {"E312", EXAMPLE_CONFIG,
     "blackouts = ( { name = \"state mourning\"; from = \"2026-12-22 00:00\"; to = \"2026-12-20 23:59\"; } );",
     "blackouts = ( { name = \"state mourning\"; from = \"2026-12-20 00:00\"; to = \"2026-12-22 23:59\"; } );"},
    {"E314", EXAMPLE_POST,
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-05\"; until = \"2026-12-06\"; };",
     "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-05\"; until = \"2026-12-31\"; };"},
    {"W320", EXAMPLE_POST,
     "at = \"2025-12-01 09:30\";",
     "at = \"2026-12-01 09:30\";"},
    {"W321", EXAMPLE_POST,
     "at         = \"2026-12-01 23:00\";  # quiet hours end at 07:00\n"
     "useful_for = \"2h\";",
     "at         = \"2026-12-01 23:00\";  # quiet hours end at 07:00\n"
     "useful_for = \"12h\";"},
    {"W322", EXAMPLE_POST,
     "at = \"2026-12-21 10:00\";  # in crier.cfg a blackout goes from 20 to 22 December",
     "at = \"2026-12-23 10:00\";  # in crier.cfg a blackout goes from 20 to 22 December"},
    {"E401", EXAMPLE_POST,
     "accounts = [ \"x-main\" ];\n"
     "text     = \"हेलमेट चालान से बचने के लिए नहीं, घर लौटने के लिए पहनें। चलाने वाला भी, पीछे बैठने वाला भी। \"\n"
     "           \"फीता बाँधा हुआ, ISI निशान देखा हुआ। घर पर कोई आपका इंतज़ार कर रहा है। दुर्घटना दिखे तो रुकें, \"\n"
     "           \"112 मिलाएँ, और घायल को अस्पताल पहुँचाएँ। Wear it, strap it, every ride, to the market and to school as well.\";",
     "accounts = [ \"x-main\" ];\n"
     "text     = \"हेलमेट चालान से बचने के लिए नहीं, घर लौटने के लिए पहनें।\";"},
    {"W402", EXAMPLE_WORDS,
     N_("a text of 499 letters on Mastodon as one server counts them, and of 510 as another does"),
     N_("a text of 480 letters")},
    {"E403", EXAMPLE_POST,
     "text = \"Dial {helpine}.\";\n"
     "vars = { helpline = \"112\"; };",
     "text = \"Dial {helpline}.\";\n"
     "vars = { helpline = \"112\"; };"},
    {"E404", EXAMPLE_POST,
     "text = \"Dial {112}.\";",
     "text = \"Dial {helpline}.\";\n"
     "vars = { helpline = \"112\"; };"},
    {"E405", EXAMPLE_POST,
     "link = \"cybercrime.gov.in\";",
     "link = \"https://cybercrime.gov.in\";"},
    {"E406", EXAMPLE_POST,
     "link = \"https://cybercrime.gov.in/my complaint\";",
     "link = \"https://cybercrime.gov.in/my-complaint\";"},
    {"E407", EXAMPLE_CAMPAIGN,
     "tags = [ \"Road Safety\" ];",
     "tags = [ \"RoadSafety\" ];"},
    {"E408", EXAMPLE_CAMPAIGN,
     "tags = [ \"Road-Safety\" ];",
     "tags = [ \"RoadSafety\" ];"},
    {"W409", EXAMPLE_CAMPAIGN,
     "tags = [ \"#RoadSafety\" ];",
     "tags = [ \"RoadSafety\" ];"},
    {"E410", EXAMPLE_POST,
     "accounts = [ \"insta\" ];\n"
     "text     = \"Wear a helmet.\";",
     "accounts = [ \"insta\" ];\n"
     "text     = \"Wear a helmet.\";\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"W412", EXAMPLE_POST,
     "accounts = [ \"x-main\" ];\n"
     "repeat   = { on = [ \"Mon\" ]; at = [ \"08:00\", \"14:00\", \"20:00\" ]; from = \"2026-12-01\"; };\n"
     "texts    = ( \"Wear a helmet.\", \"Strap it, too.\" );",
     "accounts = [ \"x-main\" ];\n"
     "repeat   = { on = [ \"Mon\" ]; at = [ \"08:00\", \"14:00\", \"20:00\" ]; from = \"2026-12-01\"; };\n"
     "texts    = ( \"Wear a helmet.\", \"Strap it, too.\", \"Every ride.\" );"},
    {"E413", EXAMPLE_FILE,
     "accounts = [ \"toots\", \"insta\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\";\n"
     "            media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );\n"
     "            toots = { media = ( ); }; } );",
     "accounts = [ \"toots\", \"insta\" ];\n"
     "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\";\n"
     "            media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );\n"
     "            toots = { media = ( ); text = \"Wear a helmet.\"; }; } );"},
    {"E414", EXAMPLE_POST,
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet: the one who drives, and the one who sits behind, on every ride, \"\n"
     "           \"to the market and to school as well\";\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );",
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet: the one who drives, and the one behind\";\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );"},
    {"E415", EXAMPLE_POST,
     "accounts = [ \"tube\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );",
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet in four seconds\";\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );"},
    {"W416", EXAMPLE_POST,
     "accounts = [ \"threads-main\" ];\n"
     "text     = \"हेलमेट चालान से बचने के लिए नहीं, घर लौटने के लिए पहनें। चलाने वाला भी, पीछे बैठने वाला भी। \"\n"
     "           \"फीता बाँधा हुआ, ISI निशान देखा हुआ। घर पर कोई आपका इंतज़ार कर रहा है। दुर्घटना दिखे तो रुकें, मदद करें, पुलिस को बताएँ।\";",
     "accounts = [ \"threads-main\" ];\n"
     "text     = \"हेलमेट चालान से बचने के लिए नहीं, घर लौटने के लिए पहनें।\";"},
    {"E417", EXAMPLE_POST,
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet <new>\";\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );",
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet (new)\";\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );"},
    {"E418", EXAMPLE_POST,
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );\n"
     "tags     = [ \"RoadSafety\", \"Helmet\", \"SafeRide\", \"DriveSafe\", \"StrapIt\", \"EveryRide\" ];",
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );\n"
     "tags     = [ \"RoadSafety\", \"Helmet\", \"SafeRide\" ];"},
    {"E419", EXAMPLE_POST,
     "accounts = [ \"threads-main\" ];\n"
     "text     = \"https://cybercrime.gov.in/1 https://cybercrime.gov.in/2 https://cybercrime.gov.in/3 \"\n"
     "           \"https://cybercrime.gov.in/4 https://cybercrime.gov.in/5 https://cybercrime.gov.in/6\";",
     "accounts = [ \"threads-main\" ];\n"
     "text     = \"All six pages: https://cybercrime.gov.in\";"},
    {"E420", EXAMPLE_POST,
     "accounts = [ \"toots\" ];\n"
     "kind     = \"reel\";",
     "accounts  = [ \"toots\", \"insta\" ];\n"
     "media     = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );\n"
     "instagram = { kind = \"reel\"; };"},
    {"W421", EXAMPLE_POST,
     "accounts = [ \"channel\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; thumbnail = \"helmet.jpg\"; alt = \"A helmet\"; } );",
     "accounts = [ \"channel\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );"},
    {"E422", EXAMPLE_POST,
     "accounts = [ \"fb\" ];\n"
     "text     = \"Wear a helmet.\";\n"
     "thread   = ( \"Strap it, too.\" );",
     "accounts = [ \"toots\" ];\n"
     "text     = \"Wear a helmet.\";\n"
     "thread   = ( \"Strap it, too.\" );"},
    {"E423", EXAMPLE_POST,
     "accounts = [ \"insta\" ];\n"
     "kind     = \"story\";\n"
     "text     = \"Wear a helmet.\";\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );",
     "accounts = [ \"insta\" ];\n"
     "kind     = \"story\";\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"W430", EXAMPLE_POST,
     "text = \"Road\u200Bsafety\";  # between the two words",
     "text = \"Road safety\";"},
    {"E431", EXAMPLE_POST,
     "text = \"à¤¹à¥‡लमेट पहनें।\";",
     "text = \"हेलमेट पहनें।\";"},
    {"W432", EXAMPLE_POST,
     "text = \"Wear a helmet.\uE001\";",
     "text = \"Wear a helmet.\";"},
    {"W433", EXAMPLE_POST,
     "text = \"𝐖𝐞𝐚𝐫 a helmet.\";",
     "text = \"Wear a helmet.\";"},
    {"W434", EXAMPLE_POST,
     "text = \"Pоlice on your side.\";  # the o is a Cyrillic letter",
     "text = \"Police on your side.\";"},
    {"W435", EXAMPLE_POST,
     "text = \"Dial 1१2.\";",
     "text = \"Dial 112.\";"},
    {"W436", EXAMPLE_POST,
     "text = \"हेलमेट पहन ें।\";",
     "text = \"हेलमेट पहनें।\";"},
    {"W437", EXAMPLE_POST,
     "text = \"सड़क सुरक्ष्\";",
     "text = \"सड़क सुरक्षा\";"},
    {"W438", EXAMPLE_POST,
     "text = \"Wear a helmet (both of you.\";",
     "text = \"Wear a helmet (both of you).\";"},
    {"W439", EXAMPLE_POST,
     "text = \"Wear the the helmet.\";",
     "text = \"Wear the helmet.\";"},
    {"W440", EXAMPLE_POST,
     "text = \"हेलमेट पहनें।\"\n"
     "       \"घर पहुँचें।\";",
     "text = \"हेलमेट पहनें। \"\n"
     "       \"घर पहुँचें।\";"},
    {"E441", EXAMPLE_POST,
     "link = \"https://cybercr\u0456me.gov.in\";  # one letter is Cyrillic",
     "link = \"https://cybercrime.gov.in\";"},
    {"W442", EXAMPLE_POST,
     "text = \"Helpline: 15100.\";  # in crier.cfg: known = { numbers = [ \"112\", \"1930\" ]; };",
     "text = \"Helpline: 112.\";"},
    {"W443", EXAMPLE_POST,
     "text = \"Dial 1920 at once.\";  # in crier.cfg: known = { numbers = [ \"112\", \"1930\" ]; };",
     "text = \"Dial 1930 at once.\";"},
    {"W444", EXAMPLE_POST,
     "link = \"https://example.org\";  # in crier.cfg: known = { hosts = [ \"cybercrime.gov.in\" ]; };",
     "link = \"https://cybercrime.gov.in\";"},
    {"W445", EXAMPLE_POST,
     "link = \"https://cybercrirne.gov.in\";  # in crier.cfg: known = { hosts = [ \"cybercrime.gov.in\" ]; };",
     "link = \"https://cybercrime.gov.in\";"},
    {"E501", EXAMPLE_POST,
     "media = ( { file = \"helmt.jpg\"; alt = \"A helmet\"; } );  # the file is called helmet.jpg",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"E502", EXAMPLE_POST,
     "media = ( { file = \"Helmet.jpg\"; alt = \"A helmet\"; } );  # the file is called helmet.jpg",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"W503", EXAMPLE_POST,
     "media = ( { file = \"phone.jpg\"; alt = \"A helmet\"; } );  # as the telephone saved it, with the place",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );  # saved without location data"},
    {"W504", EXAMPLE_POST,
     "media = ( { file = \"helmet.jpg\"; } );",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"E505", EXAMPLE_POST,
     "media = ( { file = \"leaflet.pdf\"; alt = \"A helmet\"; } );",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );  # the first page, saved as a picture"},
    {"E506", EXAMPLE_POST,
     "accounts = [ \"channel\" ];\n"
     "media    = ( { file = \"long.mp4\"; alt = \"A helmet\"; } );  # 900 MiB",
     "accounts = [ \"channel\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );  # cut shorter"},
    {"E507", EXAMPLE_POST,
     "media = ( { file = \"line.png\"; alt = \"A line\"; } );  # 8294401 x 4 pixels",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"E508", EXAMPLE_POST,
     "accounts = [ \"toots\" ];\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"1\"; }, { file = \"helmet.jpg\"; alt = \"2\"; },\n"
     "             { file = \"helmet.jpg\"; alt = \"3\"; }, { file = \"helmet.jpg\"; alt = \"4\"; },\n"
     "             { file = \"helmet.jpg\"; alt = \"5\"; } );",
     "accounts = [ \"toots\" ];\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"1\"; }, { file = \"helmet.jpg\"; alt = \"2\"; },\n"
     "             { file = \"helmet.jpg\"; alt = \"3\"; }, { file = \"helmet.jpg\"; alt = \"4\"; } );"},
    {"E509", EXAMPLE_WORDS,
     N_("an alternative text of 1,600 letters on Mastodon, which takes 1,500"),
     N_("one of two or three sentences")},
    {"E510", EXAMPLE_POST,
     "media = ( { file = \"torn.jpg\"; alt = \"A helmet\"; } );  # its second half was lost while copying",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );  # copied again"},
    {"E511", EXAMPLE_POST,
     "media = ( { file = \"/media/usb/helmet.jpg\"; alt = \"A helmet\"; } );",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );  # copied to media/helmet.jpg"},
    {"E513", EXAMPLE_POST,
     "media = ( { file = \"renamed.png\"; alt = \"A helmet\"; } );  # a JPEG that was renamed",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"W514", EXAMPLE_WORDS,
     N_("a picture that some servers of Mastodon take and others find too large"),
     N_("the same picture, saved smaller")},
    {"E515", EXAMPLE_POST,
     "accounts  = [ \"insta\" ];\n"
     "instagram = { kind = \"reel\"; };\n"
     "media     = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );",
     "accounts  = [ \"insta\" ];\n"
     "instagram = { kind = \"reel\"; };\n"
     "media     = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );"},
    {"E516", EXAMPLE_POST,
     "accounts = [ \"x-main\" ];\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; }, { file = \"helmet.mp4\"; alt = \"A helmet\"; } );",
     "accounts = [ \"x-main\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );"},
    {"E517", EXAMPLE_POST,
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet in four seconds\";\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"helmet.jpg\"; alt = \"A helmet\"; } );",
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet in four seconds\";\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"helmet.srt\"; alt = \"A helmet\"; } );"},
    {"E518", EXAMPLE_WORDS,
     N_("a live Instagram account without page_id and media_url, and a picture to hand over"),
     N_("page_id = \"105512345678901\"; stands in the account")},
    {"E519", EXAMPLE_POST,
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"wide.jpg\"; alt = \"A road\"; fit = \"refuse\"; } );",
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"wide.jpg\"; alt = \"A road\"; fit = \"pad\"; } );"},
    {"E520", EXAMPLE_POST,
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"stamp.jpg\"; alt = \"A stamp\"; } );  # 40 x 40 pixels",
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );"},
    {"E521", EXAMPLE_POST,
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"wave.gif\"; alt = \"A waving hand\"; } );",
     "accounts = [ \"insta\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );  # saved as a video"},
    {"E522", EXAMPLE_WORDS,
     N_("a picture that cannot be decoded to its end, or would still be too large"),
     N_("the same picture, opened and saved again with another program")},
    {"E523", EXAMPLE_WORDS,
     N_("a GIF that has more frames than the platform takes"),
     N_("the same as MP4 video, or cut shorter")},
    {"E524", EXAMPLE_POST,
     "media = ( { file = \"helmet.jpg\"; } );  # in crier.cfg: alt_text = \"require\";",
     "media = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );  # in crier.cfg: alt_text = \"require\";"},
    {"E525", EXAMPLE_POST,
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet in four seconds\";\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"torn.srt\"; alt = \"A helmet\"; } );  # a time goes backwards",
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet in four seconds\";\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"helmet.srt\"; alt = \"A helmet\"; } );"},
    {"E526", EXAMPLE_POST,
     "accounts = [ \"x-main\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"helmet.vtt\"; alt = \"A helmet\"; } );",
     "accounts = [ \"x-main\" ];\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"helmet.srt\"; alt = \"A helmet\"; } );"},
    {"W527", EXAMPLE_POST,
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet in four seconds\";\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"long.srt\"; alt = \"A helmet\"; } );",
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet in four seconds\";\n"
     "media    = ( { file = \"helmet.mp4\"; captions = \"helmet.srt\"; alt = \"A helmet\"; } );"},
    {"E528", EXAMPLE_POST,
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet\";\n"
     "media    = ( { file = \"helmet.jpg\"; alt = \"A helmet\"; } );",
     "accounts = [ \"tube\" ];\n"
     "title    = \"Helmet\";\n"
     "media    = ( { file = \"helmet.mp4\"; alt = \"A helmet\"; } );"},
    {"E601", EXAMPLE_CONFIG,
     "timezone = \"Asia/Delhi\";",
     "timezone = \"Asia/Kolkata\";"},
    {"W602", EXAMPLE_CONFIG,
     "timezone = \"Asia/Calcutta\";",
     "timezone = \"Asia/Kolkata\";"},
    {"E603", EXAMPLE_ACCOUNT,
     "name = \"x main\";",
     "name = \"x-main-2\";"},
    {"E604", EXAMPLE_ACCOUNT,
     "name = \"mastodon\";",
     "name = \"mastodon-main\";"},
    {"E605", EXAMPLE_ACCOUNT,
     "platform = \"mastadon\";",
     "platform = \"mastodon\";"},
    {"E607", EXAMPLE_LIVE,
     "platform = \"x\";",
     "platform = \"x\";\n"
     "handle   = \"example_police\";"},
    {"E608", EXAMPLE_LIVE,
     "platform = \"x\";\n"
     "handle   = \"example_police\";\n"
     "base_url = \"http://127.0.0.1:8642/x\";",
     "platform = \"x\";\n"
     "handle   = \"example_police\";"},
    {"E609", EXAMPLE_ACCOUNT,
     "base_url = \"https://social.example.gov.in\";",
     "base_url = \"http://127.0.0.1:8642/mastodon\";"},
    {"E610", EXAMPLE_CONFIG,
     "accounts = ( { name = \"drill\"; platform = \"x\"; live = false; } );",
     "accounts = ( { name = \"drill\"; platform = \"x\"; live = false; base_url = \"http://127.0.0.1:8642/x\"; } );"},
    {"E611", EXAMPLE_LIVE,
     "platform = \"mastodon\";\n"
     "handle   = \"police\";\n"
     "server   = \"https://social.example.gov.in/about\";",
     "platform = \"mastodon\";\n"
     "handle   = \"police\";\n"
     "server   = \"https://social.example.gov.in\";"},
    {"E612", EXAMPLE_LIVE,
     "platform = \"mastodon\";\n"
     "handle   = \"police\";",
     "platform = \"mastodon\";\n"
     "handle   = \"police\";\n"
     "server   = \"https://social.example.gov.in\";"},
    {"E613", EXAMPLE_CONFIG,
     "accounts = ( { name = \"x-main\";  platform = \"x\"; handle = \"police\"; live = true; },\n"
     "             { name = \"x-again\"; platform = \"x\"; handle = \"police\"; live = true; } );",
     "accounts = ( { name = \"x-main\"; platform = \"x\"; handle = \"police\"; live = true; } );"},
    {"E614", EXAMPLE_CONFIG,
     "groups = ( { name = \"all\"; accounts = [ \"toots\" ]; }, { name = \"all\"; accounts = [ \"sky\" ]; } );",
     "groups = ( { name = \"all\"; accounts = [ \"toots\" ]; }, { name = \"short\"; accounts = [ \"sky\" ]; } );"},
    {"E615", EXAMPLE_CONFIG,
     "groups = ( { name = \"all\"; accounts = [ \"tots\" ]; } );",
     "groups = ( { name = \"all\"; accounts = [ \"toots\" ]; } );"},
    {"E617", EXAMPLE_ACCOUNT,
     "channel = \"@example_police\";  # a key of Telegram, in a Mastodon account",
     "keeps_keys = true;"},
    {"E619", EXAMPLE_CONFIG,
     "alarm = [ \"tell-duty-officer\" ];",
     "alarm = [ \"/usr/local/bin/tell-duty-officer\" ];"},
    {"E620", EXAMPLE_LIVE,
     "platform = \"webhook\";\n"
     "url      = \"portal.example.gov.in\";",
     "platform = \"webhook\";\n"
     "url      = \"https://portal.example.gov.in/hooks/crier\";"},
    {"E621", EXAMPLE_LIVE,
     "platform = \"webhook\";",
     "platform = \"webhook\";\n"
     "url      = \"https://portal.example.gov.in/hooks/crier\";"},
    {"E622", EXAMPLE_WORDS,
     N_("there is no crier.cfg here: the command ran in another folder"),
     N_("crier -C /srv/crier check")},
    {"E623", EXAMPLE_LIVE,
     "platform = \"webhook\";\n"
     "url      = \"https://192.168.1.10/hooks/crier\";",
     "platform = \"webhook\";\n"
     "url      = \"https://portal.example.gov.in/hooks/crier\";"},
    {"E624", EXAMPLE_CONFIG,
     "accounts = ( { name = \"portal-1\"; platform = \"webhook\"; live = true; url = \"https://portal.example.gov.in/in\"; },\n"
     "             { name = \"portal-2\"; platform = \"webhook\"; live = true; url = \"https://portal.example.gov.in/in\"; } );",
     "accounts = ( { name = \"portal-1\"; platform = \"webhook\"; live = true; url = \"https://portal.example.gov.in/in\"; } );"},
    {"E625", EXAMPLE_LIVE,
     "platform = \"telegram\";\n"
     "handle   = \"example_police\";",
     "platform = \"telegram\";\n"
     "handle   = \"example_police\";\n"
     "channel  = \"@example_police\";"},
    {"E626", EXAMPLE_CONFIG,
     "known = { numbers = [ \"112 (Police)\" ]; };",
     "known = { numbers = [ \"112\" ]; };"},
    {"E627", EXAMPLE_CONFIG,
     "known = { hosts = [ \"https://cybercrime.gov.in/\" ]; };",
     "known = { hosts = [ \"cybercrime.gov.in\" ]; };"},
    {"W701", EXAMPLE_FILE,
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"fog\";   at = \"2026-12-01 07:15\"; text = \"Fog: low beam, slow down.\"; },\n"
     "          { id = \"fog-2\"; at = \"2026-12-08 07:15\"; text = \"Fog: low beam, slow down.\"; } );",
     "accounts = [ \"toots\" ];\n"
     "posts = ( { id = \"fog\";   at = \"2026-12-01 07:15\"; text = \"Fog: low beam, slow down.\"; },\n"
     "          { id = \"fog-2\"; at = \"2026-12-08 07:15\"; text = \"Fog: low beam, slow down.\"; again = true; } );"},
    {"E702", EXAMPLE_POST,
     "repeat = { on = [ \"Sun\" ]; at = [ \"02:30\" ]; from = \"2027-03-01\"; };  # in crier.cfg: timezone = \"Europe/Berlin\";",
     "repeat = { on = [ \"Sun\" ]; at = [ \"04:30\" ]; from = \"2027-03-01\"; };  # in crier.cfg: timezone = \"Europe/Berlin\";"},
    {"W703", EXAMPLE_WORDS,
     N_("more posts in a day than the platform takes, such as 120 on Instagram"),
     N_("the posts are spread over several days")},
    {"W901", EXAMPLE_WORDS,
     N_("the text of a post is changed after it went out"),
     N_("the change stands in a new post, with an id of its own")},
    {"E901", EXAMPLE_WORDS,
     N_("a post that went out is given a new time"),
     N_("a new post with an id of its own has the new time")},
    {"E902", EXAMPLE_WORDS,
     N_("a post that ended without going out is given a new time"),
     N_("a new post with an id of its own has the new time")},
};
/* clang-format on */

const struct finding_example *finding_example(const char *code)
{
    for (size_t i = 0; i < COUNT_OF(examples); i++)
        if (strcmp(examples[i].code, code) == 0)
            return &examples[i];
    return NULL;
}

static const char *const place_texts[] = {
    [EXAMPLE_WORDS] = N_("in words"),
    [EXAMPLE_POST] = N_("lines of a post"),
    [EXAMPLE_CAMPAIGN] = N_("lines at the top of a campaign"),
    [EXAMPLE_FILE] = N_("a whole campaign"),
    [EXAMPLE_CONFIG] = N_("lines of crier.cfg"),
    [EXAMPLE_ACCOUNT] = N_("lines of an account in crier.cfg"),
    [EXAMPLE_LIVE] = N_("lines of a live account in crier.cfg"),
};

const char *example_place_text(enum example_place place)
{
    return _(place_texts[place]);
}
