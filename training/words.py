"""Word lists that the corpus is written from. All of them were written for this project."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split(";") if line.strip())


FIRST_NAMES = _words(
    "Ada Alan Alice Amara Amir Ana Anton Aya Ben Bianca Bob Carla Carlos Chen Clara Dana David Diego Elena Emil "
    "Emma Erik Fatima Felix Finn Grace Hana Hannah Hugo Ida Ines Iris Ivan Jack Jana José Julia Kai Karim Kenji "
    "Lara Leila Lena Leo Liam Lina Linus Lucia Luis Maria Marie Marta Maya Mia Milo Mina Nadia Nia Nina Noah Nora "
    "Olga Omar Oscar Paul Petra Pia Priya Rafael Rosa Ruth Sam Sara Sofia Tara Theo Tim Tomas Uma Vera Victor Wei "
    "Yara Yuki Zoe Zoë Søren Łukasz"
)
LAST_NAMES = _words(
    "Adler Ahmed Alvarez Baker Banerjee Becker Bennett Berg Bianchi Brown Carter Castro Chen Clark Cohen Costa Cruz "
    "Diaz Dubois Eriksen Evans Fischer Fontaine Garcia Gomez Green Gupta Haddad Hansen Hopper Hughes Ivanov Jansen "
    "Johnson Kaya Khan Kim Klein Kovacs Larsen Lee Lindgren Lopez Lovelace Martin Mbeki Meyer Moreau Müller Murphy "
    "Nakamura Nguyen Novak Okafor Olsen Patel Petrov Popescu Quinn Rahman Rivera Rossi Sato Schmidt Silva Singh "
    "Smith Suzuki Tanaka Taylor Turing Vega Virtanen Wagner Walker Weber Wilson Wong Yamamoto Young Zhang"
)
CITIES = _lines(
    "Accra;Amsterdam;Athens;Auckland;Barcelona;Berlin;Bogotá;Boston;Brussels;Buenos Aires;Cairo;Cape Town;Chicago;"
    "Copenhagen;Dakar;Delhi;Dublin;Geneva;Hamburg;Hanoi;Helsinki;Istanbul;Jakarta;Kyoto;Lagos;Lima;Lisbon;London;"
    "Lyon;Madrid;Manila;Melbourne;Mexico City;Milan;Montreal;Mumbai;Munich;Nairobi;New York;Oslo;Paris;Porto;Prague;"
    "Quito;Reykjavik;Riga;Rome;San Francisco;Santiago;São Paulo;Seattle;Seoul;Singapore;Sofia;Stockholm;Sydney;"
    "Tallinn;Tokyo;Toronto;Tunis;Vienna;Warsaw;Zagreb;Zurich"
)
COUNTRIES = _lines(
    "Argentina;Australia;Austria;Belgium;Brazil;Canada;Chile;Colombia;Croatia;Denmark;Egypt;Estonia;Finland;France;"
    "Germany;Ghana;Greece;Iceland;India;Indonesia;Ireland;Italy;Japan;Kenya;Latvia;Mexico;Morocco;Netherlands;"
    "New Zealand;Nigeria;Norway;Peru;Philippines;Poland;Portugal;Senegal;Singapore;South Africa;South Korea;Spain;"
    "Sweden;Switzerland;Tunisia;Turkey;United Kingdom;United States;Vietnam"
)
COUNTRY_CODES = _words("AR AU AT BE BR CA CL DE DK EE ES FI FR GB GR IE IN IT JP KE MX NL NO NZ PL PT SE US ZA")
STREETS = _lines(
    "Main Street;High Street;Park Avenue;Oak Lane;Maple Road;Station Road;Church Street;Mill Lane;River Walk;"
    "Elm Street;Sunset Boulevard;Harbour Road;Garden Row;King Street;Queen Street;Cedar Drive;Hill Road;"
    "Bridge Street;Market Square;Lake View"
)
JOBS = _lines(
    "engineer;teacher;nurse;designer;baker;carpenter;chemist;doctor;driver;editor;farmer;gardener;journalist;lawyer;"
    "librarian;mathematician;musician;painter;photographer;pilot;plumber;programmer;scientist;translator;writer;"
    "architect;chef;analyst"
)
COMPANIES = _lines(
    "Northwind Labs;Blue River;Acorn Systems;Bright Harbor;Cobalt Works;Delta Foods;Evergreen Energy;Foxglove Media;"
    "Granite Bank;Helios Solar;Ironwood Tools;Juniper Health;Kestrel Air;Lumen Optics;Maple Logistics;Nimbus Cloud;"
    "Orchard Books;Pinecone Games;Quartz Motors;Redwood Paper;Silver Lake;Tidewater Ports;Umber Design;"
    "Violet Textiles"
)
PRODUCTS = _lines(
    "desk lamp;office chair;water bottle;coffee mug;backpack;notebook;wireless mouse;mechanical keyboard;"
    "monitor stand;phone case;running shoes;rain jacket;wool scarf;leather wallet;sunglasses;garden hose;hammer;"
    "screwdriver set;paint brush;frying pan;chef knife;cutting board;tea kettle;toaster;blender;yoga mat;"
    "bicycle helmet;camping tent;sleeping bag;flashlight;board game;puzzle;teddy bear;candle;picture frame;"
    "wall clock;bookshelf;pillow;blanket;headphones;speaker;webcam;usb cable"
)
COLORS = _words("red green blue yellow orange purple black white grey brown pink silver gold teal")
ADJECTIVES = _words(
    "small large quick quiet bright dark simple modern classic light heavy warm cold new old fresh soft solid open "
    "hidden early late daily annual local remote public private red blue green silver golden final main spare total"
)
NOUNS = _words(
    "project report meeting garden river mountain forest station market school library museum bridge harbor engine "
    "signal record sample device sensor module packet server client window button folder ticket invoice budget "
    "target branch layer cluster channel message account session region planet orbit crystal feather lantern "
    "compass anchor ladder basket mirror"
)
TAGS = _words(
    "new sale urgent draft internal public fragile organic vegan outdoor indoor kids premium basic limited seasonal "
    "featured python science travel music sport food art history news health finance nature design"
)
EVENTS = _lines(
    "team meeting;project kickoff;birthday party;book club;spring concert;chess tournament;city marathon;"
    "science fair;product launch;yoga class;art exhibition;job interview;dentist appointment;family dinner;"
    "board meeting;code review;film night;open day;photo walk;wine tasting;charity auction;street festival;"
    "language course;poetry reading"
)
BOOKS = _lines(
    "The Quiet Harbor;A Map of Small Things;The Last Lantern;Letters from the North;The Clockmaker's Garden;"
    "Salt and Paper;Under a Copper Sky;The Glass Orchard;Rivers We Crossed;The Night Train;A Short History of Rain;"
    "The Winter Library;Songs for the Lighthouse;The Paper Bridge;Seven Blue Doors;The Weight of Feathers;"
    "An Island of One;The Silent Engine;Practical Gardening;Numbers and Patterns;Cooking for Two;The Art of Maps"
)
GENRES = _words("fiction mystery fantasy biography history science poetry travel thriller romance")
DISHES = _lines(
    "tomato soup;mushroom risotto;apple pie;lentil curry;vegetable lasagna;chicken salad;pancakes;fish tacos;"
    "pumpkin bread;fried rice;potato gratin;banana bread;bean chili;spinach quiche;garlic noodles;beef stew;"
    "carrot cake;greek salad;omelette"
)
INGREDIENTS = _lines(
    "flour;sugar;butter;eggs;milk;salt;pepper;olive oil;garlic;onion;tomatoes;potatoes;carrots;rice;lentils;chicken;"
    "cheese;spinach;mushrooms;basil;lemon juice;cream;beans;apples;cinnamon;yeast;water;honey;ginger;coconut milk"
)
STEPS = _lines(
    "Preheat the oven.;Chop the onion.;Mix flour and sugar.;Add the eggs.;Stir well.;Bring to a boil.;"
    "Simmer for ten minutes.;Season with salt.;Bake until golden.;Let it cool.;Serve warm.;Melt the butter.;"
    "Wash the rice.;Fry the garlic.;Pour in the milk."
)
UNITS = _words("g kg ml l cup tbsp tsp piece")
CONDITIONS = _words("sunny cloudy rainy snowy windy foggy stormy clear")
COMMENTS = _lines(
    "Great post!;I agree.;Thanks for sharing.;Can you explain more?;This helped me a lot.;I am not sure about that.;"
    "Nice work.;Where did you find this?;Same here.;Good point.;I tried it and it works.;What about the cost?;"
    "See you there.;Well written.;I disagree.;Please add an example.;It failed for me.;Looking forward to it."
)
STATUSES = _words("pending active shipped delivered cancelled open closed draft done failed paid")
PRIORITIES = _words("low medium high urgent")
CURRENCIES = _words("USD EUR GBP JPY CHF SEK INR")
LANGUAGES = _words("en de fr es it pt ja zh ar hi sv pl")
DEPARTMENTS = _words("sales marketing engineering finance support research legal design")
ANIMALS = _words("cat dog rabbit horse parrot hamster turtle goldfish goat sheep")
PET_NAMES = _words("Luna Milo Bella Max Coco Rocky Daisy Simba Nala Oreo Biscuit Pepper Ziggy Mochi")
SYLLABLES = _words(
    "ka ro ve lin mar to su ne dor fi la bren mi tas el jo ran pa ku shi zel gar no wen ul bi cor da ris"
)
DOMAINS = _words("example.com example.org example.net mail.test shop.test demo.test")
