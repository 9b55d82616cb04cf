//! Which words carry grammar rather than a subject; ranking gives them less weight in a query.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::document::Language;

/// Function words, question words, and the words that requests are made with.
const ENGLISH: &str = "a about above according across actually after afterwards again against ago ahead all almost \
    alone along already also although always am amid among amongst an and another any anybody anyhow anyone anything \
    anyway anywhere apart are aren arent around as aside at away back be became because become becomes been before \
    beforehand behind being below beneath beside besides between beyond both briefly but by can cannot cant concerning \
    could couldnt deal dealing deals describe described describes describing despite did didnt discuss discussed \
    discusses discussing do does doesnt doing done dont down due during each either else elsewhere enough especially \
    etc even ever every everybody everyone everything everywhere except explain explained explains far few find \
    following for from further furthermore give given gives had hadnt happen happened happens has hasnt have havent \
    having he hence her here hers herself him himself his how however i id if ill im in indeed information inside \
    instead interested into is isnt it its itself ive just know known least less let lets like likely list look \
    looking many may maybe me meanwhile might mine more moreover most mostly much must my myself namely near neither \
    never nevertheless no nobody none nonetheless nor not nothing now nowhere obtain of off often on once one only onto \
    or other others otherwise ought our ours ourselves out outside over own per perhaps please possible question \
    questions quite rather really regarding regards relating relation relevant s said same say says see seem seemed \
    seems several shall she should shouldnt show shows since so some somebody somehow someone something sometimes \
    somewhat somewhere still such t tell than that thats the their theirs them themselves then there thereby therefore \
    these they this those though through throughout thus till to together too toward towards under unless unlike until \
    up upon us use used using various very via want was wasnt we well were werent what whatever whats when whenever \
    where whereas whereby wherever whether which while who whoever whole whom whose why will with within without wont \
    would wouldnt yes yet you your yours yourself w.h.o. i.t. i.s.";

/// Words with which a long request speaks of the answers it wants, not of their subject: "identify documents
/// that mention", "a relevant report must include". In other queries they may well be the subject.
const ENGLISH_REQUEST: &str = "article articles aspect aspects cite cited cites concern concerned concerns consider     considered contain contained containing contains content contents detail detailed details document documents example     examples exclude excluded focus focused focuses focusing identified identifies identify identifying include included     includes including instance instances irrelevant item items kind kinds mention mentioned mentioning mentions     necessarily note noted pertain pertaining pertains pertinent present presented presents provide provided provides     providing refer reference references referred referring refers report reported reporting reports result results     retrieve specific specifically specified specifies specify stated story stories sufficient text texts topic     topics type types unrelated";

const GERMAN: &str = "aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch \
    auf aus bei beim bin bis bist da dabei dadurch dafur damit dann daran darauf daruber das dass dein deine dem den \
    denn der deren des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer \
    eines einige er es etwas euch fur gegen gibt hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr \
    ihre ihrem ihren ihrer im in indem ins ist jede jedem jeden jeder jedes jene jener kann kein keine keinem keinen \
    keiner konnen konnte machen man manche mehr mein meine mich mir mit muss mussen nach nicht nichts noch nun nur ob \
    oder ohne sehr sein seine seinem seinen seiner seit selbst sich sie sind so solche soll sollen sollte sondern sonst \
    uber um und uns unser unsere unter viel vom von vor wahrend war waren warum was weil welche welchem welchen welcher \
    welches wenn wer werde werden wie wieder will wir wird wo wollen worden wurde wurden zu zum zur zwar zwischen";

const FRENCH: &str = "a afin ai ainsi alors apres au aucun aucune aussi autre autres aux avait avant avec avoir car ce \
    ceci cela celle celles celui ces cet cette ceux chaque chez comme comment contre dans de depuis des donc dont du \
    elle elles en encore entre est et etaient etait ete etre eux fait il ils je la le les leur leurs lors lui ma mais me \
    meme mes moins mon ne ni nos notre nous on ont ou par parce pas peu peut plus pour pourquoi quand que quel quelle \
    quelles quels qui quoi sa sans se selon sera ses si son sont sous sur ta te tes toi ton tous tout toute toutes tres \
    tu un une vers vos votre vous y";

const SPANISH: &str = "a al algo algun alguna algunas alguno algunos ante antes asi aun aunque cada como con contra cual \
    cuales cuando cuanto de del desde donde dos durante e el ella ellas ellos en entre era eran es esa esas ese eso esos \
    esta estaba estan estas este esto estos fue fueron ha habia han hasta hay la las le les lo los mas me mi mientras muy \
    nada ni no nos nosotros o os otra otras otro otros para pero poco por porque pues que quien quienes se sea segun ser \
    si sido sin sino sobre solo son su sus tal tambien tan tanto te tiene tienen todo todos tu un una unas uno unos y ya yo";

const ITALIAN: &str = "a ad ai al alla alle allo anche ancora avere c che chi ci come con contro cosa cui da dai dal dalla \
    dalle de degli dei del dell della delle dello di dove e ed era erano essere fra gli ha hanno ho i il in io la le lei \
    li lo loro lui ma mi nei nel nella nelle no noi non nostro o per perche piu poi quale quali quando quanto quella \
    quelle quelli quello questa queste questi questo se sei si sia solo sono su sua sue sugli sui sul sulla suo tra tu \
    tutti tutto un una uno vi voi";

const PORTUGUESE: &str = "a ao aos aquela aquele as ate com como da das de dela dele depois do dos e ela elas ele eles em \
    entre era essa esse esta este eu foi foram ha isso isto ja lhe mais mas me mesmo meu muito na nao nas nem no nos o os \
    ou para pela pelas pelo pelos por qual quando que quem se sem ser seu seus so sobre sua suas tambem te tem todos um \
    uma umas uns voce";

const RUSSIAN: &str = "а без более больше будет будто бы был была были было быть в вам вас весь во вот все всего всех вы где \
    да даже для до его ее если есть еще же за здесь и из или им их к как какая какие какой когда который которая \
    которые которых кто ли либо между меня мне может мой мы на над надо нас не него нее нет ни них но ну о об однако он \
    она они оно от очень по под после потому почему при про с сам свой себя со так также такой там те тем то тогда того \
    тоже только том тот ты у уже хотя чего чем через что чтобы чье эта эти это этого этой этом этот я";

const UKRAINIAN: &str = "а але без би був була були було бути в вже ви від він вона вони воно все всі де для до же з за \
    зі і із його й як яка яке які який їх її коли котрий ли між ми може на над нас не ні ніж о об однак по під після при про \
    проти та так також там те ті тільки то тобто того той тому у хоча це цей ця ці чи чому що щоб я";

const POLISH: &str = "a aby ale bez bo by byc byl byla bylo byly co czy dla do gdy gdzie go i ich im ja jak jako je jego jej \
    jest jeszcze jezeli juz kiedy kto ktora ktore ktory ktorych lub ma mi miedzy na nad nie nim niz o od on ona one oni \
    oraz po pod poniewaz przed przez przy sa sie swoj ta tak takze tam te tego tej ten to tylko tym u w we wiec wszystko \
    z za ze";

const DUTCH: &str = "aan al alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een en er ge \
    geen haar had heb hebben heeft hem het hier hij hoe hun ik in is ja je kan kon maar me meer men met mij mijn moet na \
    naar niet niets nog nu of om omdat onder ons ook op over reeds te tegen tot uit uw van veel voor want waren was wat \
    we wel werd wezen wie wij wil worden zal ze zelf zich zij zijn zo zonder zou";

const SWEDISH: &str = "alla allt an ar at att av bara blev bli blir da dar de dem den denna deras dess dessa det \
    detta dig din du efter ej eller en er ett for fran genom ha hade han hans har henne hennes hon honom hur i \
    icke in inga ingen inget inom inte jag ju kan kommer kunde man med mellan men mer mig min mot mycket nagon \
    nagot nagra nar nej ni nu och ocksa om oss pa sa sadan sedan sig sin sina sitt ska skall skulle som till \
    under upp ut utan vad var vara varfor vart vem vi vid vilka vilken vilket";

const DANISH: &str = "ad af alle alt at blev blive bliver da de dem den denne der deres det dette dig din disse \
    dog du efter eller en end er et fa for fra ham han hans har havde have hende hendes her hos hun hvad hvem \
    hver hvilke hvilken hvilket hvis hvor hvordan hvorfor i ikke ind ingen intet jeg jo kan kunne ma man mange \
    med meget mellem men mig min mod nar ned nogen noget nogle nu ny og ogsa om op os over pa sa sadan samt sig \
    sin skal skulle som til ud uden under vaere vaeret var ved vi vil ville";

const NORWEGIAN: &str = "a alle alt at av bare ble bli blir da de deg dei dem den denne der deres det dette din \
    disse du eg ei ein eit eller en enn er et etter fa for fordi fra ha hadde han hans har hennes her hos hun hva \
    hvem hvilke hvilken hvilket hvis hvor hvordan hvorfor i ikke ikkje ingen inn jeg kan korleis kunne kva kvifor \
    ma man mange med meg meget mellom men min mot na nar noe noen og ogsa om opp oss over pa sa samt seg sin sitt \
    skal skulle slik som til under ut uten vaer vaere vaert vart ved vi vil ville";

const FINNISH: &str = "ei eivat emme en enemman ennen etta han haneen hanelle hanen hanta he ja jo johon joiden \
    joita joka joko jolla jolloin jonka jos jossa josta jota jotka jotta kaikki kanssa kautta keiden ken kenen \
    ketka koska kuin kuinka kuka kun kunnes kuten me meidan meille mika mikali miksi mina minka minun missa mista \
    mita mitka mutta myos naiden naita nama ne niiden niille niin niista niita nyt oli olisi olivat olla olleet \
    ollut on ovat pitkin se seka sen siihen siina siis siita silla sita tai tama taman tassa tasta tata te teidan \
    vaan vai vaikka vain voi voivat";

const HUNGARIAN: &str = "a abban ahhoz ahogy aki akik akkor alatt altal amely amelyek amelyet ami amit arra arrol \
    at az azok azon azonban azt aztan azutan be benne csak de e egy egyes egyik el ellen elo elott en ennek es ez \
    ezek ezen ezert ezt fel fele ha hanem hogy hogyan hol honnan hova illetve is itt ki kik kit le lesz lett majd \
    meg mellett mely melyek mert mi miert mig milyen minden mint mit mivel most nagyon ne nem nincs o ok ossze \
    ott pedig s sajat sem semmi szerint tobb tovabb ugy utan vagy van vannak volt voltak";

const ROMANIAN: &str = "a acea aceasta aceea aceia acel acela acele acest acesta aceste acestea acestei acestor \
    acestui acum ai aici al ale alt alta alte am ar are as asta astfel atat atunci au avea ca cand care caror \
    carui cat ce cei cel cele cine cu cum da daca dar de decat deci despre din dintre doar dupa e ea ei el ele \
    era erau este eu exista fara fi fie fiind fost iar ii il imi in inainte intre intru la le li lor lui mai mult \
    multe ne nici niste noi nostru nu o ori pe pentru peste prin putin sa sale sau se si spre sub sunt te toate \
    tot toti tu un una unde unei unele unor unui unul va voi vor";

const TURKISH: &str = "acaba altinda ama ancak aslinda ayni az bana bazi belki ben beni benim bile bir biraz \
    bircok biri biz bizim boyle bu buna bunda bundan bunlar bunu bunun burada cok cunku da daha de defa degil \
    diger diye dolayi en gibi gore hangi hangisi hem hep hepsi her herhangi hic icin ile ise iste kadar karsi \
    kendi kez ki kim mi mu nasil ne neden nerede nicin niye o olan olarak oldu oldugu on ona ondan onlar onlarin \
    onu onun oyle oysa pek ragmen sanki sey siz su tarafindan tum uzere var ve veya ya yani yine yok";

const GREEK: &str = "αλλα αν αντι απο αυτα αυτεσ αυτη αυτο αυτοι αυτοσ αυτου αυτων για γιατι δε δεν δηλαδη εαν \
    ειμαι ειναι ειχαν ειχε εκεινη εκεινο εκεινοσ εν ενα ενασ ενοσ ενω επι εχει εχουν η ηταν θα καθε και καποια \
    καποιο κατα κι μα με μεσα μετα μεχρι μη μην μια μιασ μονο να ο οι ομωσ οποιοσ οπου οπωσ οσο οταν οτι ουτε πια \
    πιο ποια ποιεσ ποιο ποιοι ποιοσ πολυ που προσ πωσ σαν σε στα στη στην στισ στο στον στουσ στων τα τη την τησ \
    τι τισ το τον τοσο του τουσ των υπο ωσ ωστε";

const ARABIC: &str = "أبو أثناء أمام أن أنا أنت أنه أنها أو أول أي أين إذ إذا إلا إلى إن إنه التي الذي الذين بعد \
    بعض بل بما بن به بها بين تحت تكون تم ثم حتى حول حيث حين خلال دون ذلك سوف سوى عبر عدة عدم على عليه عليها عن \
    عند عندما غير فإن فقط في فيه فيها قال قبل قد كان كانت كل كلا كم كما كيف لا لدى لكن لم لماذا لن له لها لهم لو \
    ليس ليست ما ماذا متى مثل مع من منذ منه منها نحو هذا هذه هل هم هن هنا هناك هو هي و وقد وكان ولا ولم وهو وهي \
    يكون يمكن";

const CZECH: &str = "a aby ale ani ano asi az bez bude budou by byl byla byli bylo byt ci co coz do ho i ja jak \
    jako je jeho jej jeji jejich jen jeste ji jine jiz jsem jsme jsou jste k kam kde kdo kdy kdyz ktera ktere \
    ktereho kteri ktery ku ma mezi mi mit mne mu my na nad nam nas ne nebo neni nez nic o od on ona oni po pod \
    podle pokud pouze pred pres pri pro proc proto protoze s se si sice svuj ta tak take takze tam te tedy ten \
    tento teto tim to toho tomu tu tuto ty u uz v ve vsak vy z za zda ze";

const CHINESE: &str = "的 了 在 是 和 与 或 对 就 都 而 及 着 也 很 吗 呢 吧 啊 什么 怎么 如何 哪些 为什么 我 你 他 她 它 们 这 那 有 不 中 为";

/// The lists by language.
const LISTS: [(&str, &str); 23] = [
    ("en", ENGLISH),
    ("de", GERMAN),
    ("fr", FRENCH),
    ("es", SPANISH),
    ("it", ITALIAN),
    ("pt", PORTUGUESE),
    ("ru", RUSSIAN),
    ("uk", UKRAINIAN),
    ("pl", POLISH),
    ("nl", DUTCH),
    ("sv", SWEDISH),
    ("da", DANISH),
    ("no", NORWEGIAN),
    ("nb", NORWEGIAN),
    ("nn", NORWEGIAN),
    ("fi", FINNISH),
    ("hu", HUNGARIAN),
    ("ro", ROMANIAN),
    ("tr", TURKISH),
    ("el", GREEK),
    ("ar", ARABIC),
    ("cs", CZECH),
    ("zh", CHINESE),
];

/// Whether a term, in its exact form, is a function, question or request word of the language.
///
/// The English words are also tested for languages without a list of their own. The lists hold words as they are
/// compared, lower-cased and without accents.
pub(crate) fn is_function_word(language: Language, exact: &str) -> bool {
    // Feedback asks for every word of many paragraphs: looked for in the list itself, that was more than half of its time.
    static WORDS: LazyLock<HashMap<Language, HashSet<&str>>> = LazyLock::new(|| {
        let words =
            |(code, list): (&str, &'static str)| Some((Language::new(code)?, list.split_ascii_whitespace().collect()));
        LISTS.into_iter().filter_map(words).collect()
    });
    WORDS.get(&language).or_else(|| WORDS.get(&Language::ENGLISH)).is_some_and(|words| words.contains(exact))
}

/// Whether a word, in its exact form, belongs to the wording of a long request in the language.
pub(crate) fn is_request_word(language: Language, exact: &str) -> bool {
    language == Language::ENGLISH && ENGLISH_REQUEST.split_ascii_whitespace().any(|word| word == exact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::plain;

    #[test]
    fn grammar_is_told_from_subjects() {
        for word in ["the", "what", "about", "describe", "dont", "us"] {
            assert!(is_function_word(Language::ENGLISH, word), "{word}");
        }
        for word in ["nato", "u.s.", "sanctions", "treaty", ""] {
            assert!(!is_function_word(Language::ENGLISH, word), "{word}");
        }
        assert!(Language::new("de").is_some_and(|german| is_function_word(german, "fur")));
        for (language, words) in [
            ("sv", ["inte", "också", "mellan"]),
            ("da", ["ikke", "også", "været"]),
            ("no", ["ikke", "på", "hvorfor"]),
            ("fi", ["että", "mutta", "olivat"]),
            ("hu", ["és", "hogy", "miért"]),
            ("ro", ["și", "între", "după"]),
            ("tr", ["için", "değil", "hangi"]),
            ("el", ["και", "της", "γιατί"]),
            ("ar", ["في", "إلى", "ماذا"]),
            ("cs", ["že", "která", "mezi"]),
            ("uk", ["що", "від", "між"]),
        ] {
            let language = Language::new(language).unwrap_or(Language::ENGLISH);
            for word in words {
                assert!(is_function_word(language, &plain(word)), "{language:?} {word}");
            }
        }
        for list in [
            ENGLISH,
            ENGLISH_REQUEST,
            GERMAN,
            FRENCH,
            SPANISH,
            ITALIAN,
            PORTUGUESE,
            RUSSIAN,
            UKRAINIAN,
            POLISH,
            DUTCH,
            SWEDISH,
        ]
        .into_iter()
        .chain([DANISH, NORWEGIAN, FINNISH, HUNGARIAN, ROMANIAN, TURKISH, GREEK, ARABIC, CZECH, CHINESE])
        {
            for word in list.split_ascii_whitespace().filter(|word| !word.contains('.')) {
                assert_eq!(plain(word), word, "written otherwise than words are compared");
            }
        }
        assert!(ENGLISH.split_ascii_whitespace().count() > 270);
    }
}
