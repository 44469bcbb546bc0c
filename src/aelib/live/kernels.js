// The compiled loops of training: WebAssembly, a character for each byte, its number 35 more.
// Written by `python -m book.kernels` from book/kernels/kernels.ts; never edit it by hand.
export const KERNELS =
  "#\u0084\u0096\u0090$###$\u00ac$0\u0083(\u00a2\u00a2\u00a2\u00a2\u00a2#\u0083&\u00a2\u00a2" +
  "\u00a2#\u00831\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2" +
  "\u00a2#\u0083'\u00a2\u00a2\u00a2\u00a2#\u0083*\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2#" +
  "\u0083(\u00a2\u00a2\u00a2\u00a2\u00a0$\u009f\u0083-\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2" +
  "\u00a2\u00a2\u00a2#\u0083.\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2#" +
  "\u0083)\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2#\u0083(\u00a2\u00a2\u00a2\u00a2\u00a0#\u0083'" +
  "\u00a2\u00a2\u00a2\u00a0#\u00832\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2\u00a2" +
  "\u00a2\u00a2\u00a2\u00a2\u00a2#\u0083*\u00a2\u00a2\u00a2\u00a2\u00a2\u00a0\u00a0#%2$&\u0088" +
  "\u0091\u0099)\u0090\u0088\u0090\u0092\u0095\u009c%##&76'#%&$(#&$)*+%,-#.$/*\u00d9$5+\u0090" +
  "\u0098\u008f\u0097\u008c\u0093\u008f\u009c#-*\u0096\u008c\u008a\u0090\u0092\u008c\u0087#+." +
  "\u0096\u008c\u008a\u0090\u0092\u008c\u0087e\u0084\u0086\u008e#*'\u0097\u0084\u0091\u008b#'+" +
  "\u0097\u0084\u0091\u008be\u0084\u0086\u008e#&(\u008f\u0088\u0084\u008e\u009c#1,\u008f\u0088" +
  "\u0084\u008e\u009ce\u0084\u0086\u008e#0&\u0084\u0087\u0087#4*\u0096\u0094\u0098\u0084\u0095" +
  "\u0088\u0096#()\u0096\u0093\u0095\u0088\u0084\u0087#))\u008a\u0084\u0097\u008b\u0088\u0095#2'" +
  "\u0084\u0087\u0084\u0090#5)\u0098\u0091\u0089\u0092\u008f\u0087#%*\u0090\u0084\u009bs\u0092" +
  "\u0092\u008f#/.\u0090\u0084\u009bs\u0092\u0092\u008fe\u0084\u0086\u008e#..\u0084\u0099\u0088" +
  "\u0095\u0084\u008a\u0088s\u0092\u0092\u008f#3+\u0095\u0088\u0096\u0084\u0090\u0093\u008f\u0088" +
  "#,)\u0090\u0088\u0090\u0092\u0095\u009c%#-\u00fbK6\u00bc(%'\u00a2)\u009eC&C(k'cC)d#C'C(\u008fd" +
  "%\u0097\u001f.#(C$d$i'c&cC'C*m'cd#D$&cC$C(k'cC$d%\u0097E&C)\u008dC#C&\u008d #'# .'#C$d'\u008dD" +
  "$/$..C)C(d%\u0097\u008dD)C#C%d%\u0097\u008dD#C*d$\u008dD*/$..2(C%d$i'c&cC(C,m'cC#C$C,\u008fd%" +
  "\u0097\u008dD*C)C,d%\u0097\u008dD+d#D%&cC%d'\u008dE&C'o'cC+C* #'#E0C*C$d%\u0097\u008d #'#E1 0#" +
  "$%&3456'()*789:E2C*C$d&\u0097\u008d #'#E3C*C$d/\u008f\u008d #'#E. 0#$%&3456'()*789:E/ 0#$%&'()" +
  "*3456789: .'#C+C(d%\u0097\u008dC2C/ 0+,-./012;<=>?@AB .'#C+C(d&\u0097\u008dC0C1 0+,-.;<=>/012?" +
  "@ABE/C3C. 0+,-.;<=>/012?@ABE. 0#$%&'()*3456789: .'#C+C(d/\u008f\u008dC/C. 0+,-./012;<=>?@AB .'" +
  "#C*d3\u008dD*C+C(d'\u0097\u008dD+C&D%/$..&cC%C'k'cd#D&&cC&d'k'cC+C&d%\u0097\u008dC*C$C&\u008fd" +
  "%\u0097\u008dM%#[%#C&d$\u008dD&/$..C*d'\u008dD*C+C(d%\u0097\u008dD+C%d$\u008dD%/$..C,d'\u008dD" +
  ",/$..2...&cC&C*m'cC#C$C*\u008fd%\u0097\u008dD+C)C*d%\u0097\u008dD,d#D-&cC'C-m'cC,C+M%#[%#C+C%d" +
  "%\u0097\u008dD+C,C(d%\u0097\u008dD,C-d$\u008dD-/$..C*d$\u008dD*/$...\u00f3%%.\u009e%\u00a2C&C'" +
  "\u008dE3C'\u008dE4C'\u008dD'C& #'#D(C& #'3D)C3 #'#D*C3 #'3D+C4 #'#D,C4 #'3D-C' #'#D.C' #'3D/C%" +
  "C#d(\u0097\u008dD#&cC#C%n'cC(C$ ,%#E1C% #'#E0 \t$ \u0007$D(C)C1C% #'3E1 \t$ \u0007$D)C*C$ ,%'E" +
  "2C0 \t$ \u0007$D*C+C2C1 \t$ \u0007$D+C,C$ ,%+E2C0 \t$ \u0007$D,C-C2C1 \t$ \u0007$D-C.C$ ,%/E2C" +
  "0 \t$ \u0007$D.C/C2C1 \t$ \u0007$D/C$d3\u008dD$C%dC\u008dD%/$..C&C( .'#C&C) .'3C3C* .'#C3C+ .'" +
  "3C4C, .'#C4C- .'3C'C. .'#C'C/ .'3.\u0017&$.\u00a2C0h'cC/d#C$C'\u008fC(\u008fC-\u008fC.\u008fd%" +
  "\u0097\u001f.#.&cC$C5m'cd#D9&cC'C9m'cC+C9m'\u00a2C+C9\u008eC)\u008dd$\u008eC)\u0090(d#.D1C%d$" +
  "\u008eC+\u008dC9\u008eE2d#k'\u00a2d#(C-C2C)\u0090d$\u008dE2C-C2k>.D3d#D8&cC(C8m'cC,C8m'\u00a2C" +
  ",C8\u008eC*\u008dd$\u008eC*\u0090(d#.D6C&d$\u008eC,\u008dC8\u008eE2d#k'\u00a2d#(C.C2C*\u0090d$" +
  "\u008dE2C.C2k>.C6\u008eD4C1D2&cC2C3k'cC/C.C2\u008fC6\u008dd%\u0097\u008dD:C#C)C2\u008fC+\u008e" +
  "C9\u008dC&\u008fC,\u008eC8\u008dC*C6\u008f\u008dd%\u0097\u008dD;d#D7C*d$i'c&cC7d'\u008dC4o'cC0" +
  "'cC;C; #'#C: #'# \u0007$ .'#(C:C; #'# .'#.C7d'\u008dD7C:d3\u008dD:C;d3\u008dD;/$...&cC4C7m'cC0" +
  "'cC;C;M%#C:M%#\u00b5[%#(C:C;M%#[%#.C7d$\u008dD7C:d'\u008dD:C;C*d%\u0097\u008dD;/$..C2d$\u008dD" +
  "2/$..C8d$\u008dD8C/C-C.\u008fd%\u0097\u008dD//$..C9d$\u008dD9/$..C5d$\u008dD5C#C%C&\u008fd%" +
  "\u0097\u008dD#/$...\u0084$$\u009eC#C&d%\u0097\u008dD&&cC#C&l'cC%C$ #'# /##\u00a3b##\u00a3b##" +
  "\u00a3b##\u00a3bC# #'#E'C' \t$ \b$ \t$ .'#C#d3\u008dD#C$d3\u008dD$C%d3\u008dD%/$...\u00ba($(" +
  "\u009eC#C%d%\u0097\u008dD%&cC#C%l'c /##\u00d1\u00e5##\u00d1\u00e5##\u00d1\u00e5##\u00d1\u00e5 " +
  "/##\u00d1e##\u00d1e##\u00d1e##\u00d1eC# #'#E& \u0003$E' /###\u00e3###\u00e3###\u00e3###\u00e3 " +
  "\t$ \u000b$ \f$E) /^\u00cd\u00dbb^\u00cd\u00dbb^\u00cd\u00dbb^\u00cd\u00dbb \t$ \u008dD(C$C' /" +
  "\r\u0013\u00dd\u00de\r\u0013\u00dd\u00de\r\u0013\u00dd\u00de\r\u0013\u00dd\u00deC&C& \t$E* \t$" +
  " /q6\u00cc_q6\u00cc_q6\u00cc_q6\u00cc_ \u0007$C* \t$ /PA\u007f\u00e0PA\u007f\u00e0PA\u007f" +
  "\u00e0PA\u007f\u00e0 \u0007$C* \t$ /\u00b6\u00a6+a\u00b6\u00a6+a\u00b6\u00a6+a\u00b6\u00a6+a " +
  "\u0007$C* \t$ /\u00bc\u00cd\u00cd\u00e1\u00bc\u00cd\u00cd\u00e1\u00bc\u00cd\u00cd\u00e1\u00bc" +
  "\u00cd\u00cd\u00e1 \u0007$C* \t$C' \t$ \u0007$ /##\u00a3b##\u00a3b##\u00a3b##\u00a3b /\u008a" +
  "\u008cs\\\u008a\u008cs\\\u008a\u008cs\\\u008a\u008cs\\C)C( /#\u00a3Tb#\u00a3Tb#\u00a3Tb#\u00a3" +
  "Tb \t$ \b$C( /\u00a6\u00a3\u0081\u00dc\u00a6\u00a3\u0081\u00dc\u00a6\u00a3\u0081\u00dc\u00a6" +
  "\u00a3\u0081\u00dc \t$ \b$E) \t$ /\u00f1f\u00da]\u00f1f\u00da]\u00f1f\u00da]\u00f1f\u00da] " +
  "\u0007$C) \t$ /+\u00ac+_+\u00ac+_+\u00ac+_+\u00ac+_ \u0007$C) \t$ /\u00e4\u00ccM`\u00e4\u00ccM" +
  "`\u00e4\u00ccM`\u00e4\u00ccM` \u0007$C) \t$ /\u00cd\u00cdMa\u00cd\u00cdMa\u00cd\u00cdMa\u00cd" +
  "\u00cdMa \u0007$C) \t$ /###b###b###b###b \u0007$C) \t$C) \t$C) \u0007$ /##\u00a3b##\u00a3b##" +
  "\u00a3b##\u00a3b \u0007$C( \u001b$ /\u00a2###\u00a2###\u00a2###\u00a2### \u00d1$d: \u00ce$ \t$" +
  "E( \b$ /##\u00a3b##\u00a3b##\u00a3b##\u00a3bC( \u0007$ \n$C' /##Cb##Cb##Cb##Cb f uC& /###" +
  "\u00a3###\u00a3###\u00a3###\u00a3 q s .'#C#d3\u008dD#C$d3\u008dD$/$...y%$\u009f$\u00a0C#C&d%" +
  "\u0097\u008dD&&cC#C&l'cC(C#M%#C$M%#\u00b6E)\u00deE(C(\u00c5\u00c3D(C%C'C)\u00b7[%#C#d'\u008dD#" +
  "C$d'\u008dD$C%d'\u008dD%/$..C(.\u00aa$%&\u00a2$\u00a0&cC&C)m'c%cC%d$i'cC'C#C$d%\u0097E(\u001f-" +
  "##C'C(\u008dD'/$.d#D(&cC$C(m'cC#C(d%\u0097\u008dM%#D+C'C%d%\u0097\u008dD*&cC'C*l'cC'C+[%#C'd'" +
  "\u008dD'/$..C(d$\u008dD(/$...C)d$\u008dD)/$...\u0084$$\u009eC#C&d%\u0097\u008dD&&cC#C&l'cC%C$ " +
  "#'#C# #'#E' /##\u00a3b##\u00a3b##\u00a3b##\u00a3bC' \b$ \t$ \t$ .'#C#d3\u008dD#C$d3\u008dD$C%d" +
  "3\u008dD%/$...\u00da&$%\u009eC#C%d%\u0097\u008dD%&cC#C%l'c /##\u00d1\u00e5##\u00d1\u00e5##" +
  "\u00d1\u00e5##\u00d1\u00e5 /##\u00d1e##\u00d1e##\u00d1e##\u00d1eC# #'# \u0004$ \u000b$ \f$E' /" +
  "^\u00cd\u00dbb^\u00cd\u00dbb^\u00cd\u00dbb^\u00cd\u00dbb \t$ \u008dD&C$ /##\u00a3b##\u00a3b##" +
  "\u00a3b##\u00a3b /##\u00a3b##\u00a3b##\u00a3b##\u00a3b /\u008a\u008cs\\\u008a\u008cs\\\u008a" +
  "\u008cs\\\u008a\u008cs\\C'C& /#\u00a3Tb#\u00a3Tb#\u00a3Tb#\u00a3Tb \t$ \b$C& /\u00a6\u00a3" +
  "\u0081\u00dc\u00a6\u00a3\u0081\u00dc\u00a6\u00a3\u0081\u00dc\u00a6\u00a3\u0081\u00dc \t$ \b$E'" +
  " \t$ /\u00f1f\u00da]\u00f1f\u00da]\u00f1f\u00da]\u00f1f\u00da] \u0007$C' \t$ /+\u00ac+_+\u00ac" +
  "+_+\u00ac+_+\u00ac+_ \u0007$C' \t$ /\u00e4\u00ccM`\u00e4\u00ccM`\u00e4\u00ccM`\u00e4\u00ccM` " +
  "\u0007$C' \t$ /\u00cd\u00cdMa\u00cd\u00cdMa\u00cd\u00cdMa\u00cd\u00cdMa \u0007$C' \t$ /###b###" +
  "b###b###b \u0007$C' \t$C' \t$C' \u0007$ /##\u00a3b##\u00a3b##\u00a3b##\u00a3b \u0007$C& \u001b" +
  "$ /\u00a2###\u00a2###\u00a2###\u00a2### \u00d1$d: \u00ce$ \t$ \u0007$ \n$ .'#C#d3\u008dD#C$d3" +
  "\u008dD$/$...\u0018%%-\u00a2(\u00a0&cC$C3m'cd#D1C'D-&cC)C1m'cC#C-K%#C&\u008fd%\u0097\u008dD/C#" +
  "C-K%'C&\u008fd%\u0097\u008dD0C-M%+D8d#D2C(D.&cC*C2m'cC.K%#d%\u0097D4C.K%'d%\u0097D5C.M%+D7C,'c" +
  "C/C4\u008dE6C6M%#f##\u00a3bC7\u00b6E9f##\u00a3bC8\u00b6C+M%#E:\u00b7E;\u00b7\u00b5[%#C/C5" +
  "\u008dE6C6M%#C7C;\u00b7\u00b5[%#C0C4\u008dE4C4M%#C9C8C:\u00b7E9\u00b7\u00b5[%#C0C5\u008dE4C4M%" +
  "#C7C9\u00b7\u00b5[%#(C+f##\u00a3bC8\u00b6f##\u00a3bC7\u00b6E9C/C4\u008dM%#\u00b7C7C/C5\u008dM%" +
  "#\u00b7\u00b5\u00b7C8C9C0C4\u008dM%#\u00b7C7C0C5\u008dM%#\u00b7\u00b5\u00b7\u00b5[%#.C2d$" +
  "\u008dD2C.d/\u008dD.C+d'\u008dD+/$..C1d$\u008dD1C-d/\u008dD-/$..C3d$\u008dD3C#C%C&\u008fd%" +
  "\u0097\u008dD#/$...\u00c2&$/\u00a2C-d\u00a3$\u008dE4d\u00a3c\u008eD5&cC%C3m'cd\u00a3%C%C3" +
  "\u008eE.C.d\u00a3%m>D2d#D.&cC#C.m'cC&C'C.\u008fC(C3\u008f\u008dd%\u0097\u008dC'C(d'C#C.\u008eE" +
  "/C/d'm>C2d'C5C.C2\u008fd%\u0097\u008d3#C.d'\u008dD./$..d#D.&cC$C.m'cC)C*C3\u008fC+C.\u008f" +
  "\u008dd%\u0097\u008dC+C*d+C$C.\u008eE/C/d+m>E6C2d+C43#d#D/&cC#C/m'cC,C$C/\u008fC.\u008dd%" +
  "\u0097\u008dD7C5C/C2\u008fd%\u0097\u008dD0C6d+id'C#C/\u008eE1C1d'm>E8d'i\u0094'cC2C0C4C7C$d%" +
  "\u00973$(C-d#d\u00a3$\u001f.#C2C0C4C-dC3$d#D0&cC0C8k'cd#D1&cC1C6k'cC7C$C0\u008fC1\u008dd%" +
  "\u0097\u008dE9C9M%#C-C0d&\u0097C1\u008dd%\u0097\u008dM%#\u00b5[%#C1d$\u008dD1/$..C0d$\u008dD0/" +
  "$...C/d'\u008dD//$..C.d+\u008dD./$..C3d\u00a3%\u008dD3/$...\u0085$&\u00a2&cC%C)m'cC#C'd%\u0097" +
  "\u008dD*&cC#C*l'cC(C$K%#d%\u0097\u008dE+C+M%#C#M%#\u00b5[%#C#d'\u008dD#C$d'\u008dD$/$..C)d$" +
  "\u008dD)C(C&d%\u0097\u008dD(/$...\u00cf%%.\u00a2%\u00a0&cC$C8m'cd#D:&cC-C:m'cC)C:\u008fC+" +
  "\u008eE1d#C1d#m>D2C'C1\u008dE1C%C%C1m>D6d#D9&cC.C9m'cC*C9\u008fC,\u008eE1d#C1d#m>D7C(C1\u008dE" +
  "1C&C&C1m>D5C#C&C2\u008fC7\u008dE1d%\u0097\u008dM%#D=C2D3&cC3C6k'cC&C3\u008fE4C7\u008dD;C4C5" +
  "\u008dD4&cC4C;m'cC#C;d%\u0097\u008dM%#E<C=\u0081'cC<D=C;D1.C;d$\u008dD;/$..C3d$\u008dD3/$..C/C" +
  "=[%#C0C1Y%#C9d$\u008dD9C/d'\u008dD/C0d'\u008dD0/$..C:d$\u008dD:/$..C8d$\u008dD8C#C%C&\u008fd%" +
  "\u0097\u008dD#/$...\u008a$%\u009eC' 6D(C#C&d%\u0097\u008dD&&cC#C&l'cC%C$ #'#E)C)C( \t$C# #'# /" +
  "################ g u .'#C#d3\u008dD#C$d3\u008dD$C%d3\u008dD%/$...\u007f$%\u009eC& 6D(C#C%d%" +
  "\u0097\u008dD%&cC#C%l'cC$C# #'#E'C'C( \t$C' /################ g u .'#C#d3\u008dD#C$d3\u008dD$/" +
  "$...\u0099%&\u00a2$\u00a0&cC&C)m'cd#D(&cC$C(m'cf####D+C#C%d%\u0097\u008dD*&cC#C*l'cC+C#M%#" +
  "\u00b5D+C#d'\u008dD#/$..C'C(d%\u0097\u008dE*C*M%#C+\u00b5[%#C(d$\u008dD(/$..C)d$\u008dD)/$..." +
  "\u001a%%/\u00a2&\u00a0&cC$C9m'cd#D6&cC-C6m'cC)C6\u008fC+\u008eE7d#C7d#m>D3C'C7\u008dE2C%C%C2m>" +
  "D:d#D8&cC.C8m'cC*C8\u008fC,\u008eE=d#C=d#m>D;C(C=\u008dE5C&C&C5m>D<C'C7\u008dE4C%C+\u008dE2C2C" +
  "4m>C7\u008eC5C&C,\u008dE2C2C5m>C=\u008e\u008fC:C3\u008eC<C;\u008e\u008fC0>\u00d5D?C1'\u00a0C/M" +
  "%#C?\u00b8(f####.D@f####D>C3D2&cC2C:k'cC#C&C2\u008fE4C;\u008dd%\u0097\u008dD5C#C4C<\u008dd%" +
  "\u0097\u008dD4&cC4C5n'cC1'cC5C5M%#C@\u00b5[%#(C>C5M%#\u00b5D>.C5d'\u008dD5/$..C2d$\u008dD2/$.." +
  "C1h'cC/C>C?\u00b8[%#.C8d$\u008dD8C/d'\u008dD//$..C6d$\u008dD6/$..C9d$\u008dD9C#C%C&\u008fd%" +
  "\u0097\u008dD#/$..._#C#C%d%\u0097\u008dD%&cC#C%l'cC#C# #'#C$ #'# \u0007$ .'#C#d3\u008dD#C$d3" +
  "\u008dD$/$...\u0004$$'\u009eC( 6D*C) 6D+C#C'd%\u0097\u008dD'&cC#C'l'cC% #'#E,C$ #'#E-C, \b$ /" +
  "\u00f0\u00ef\u00ef`\u00f0\u00ef\u00ef`\u00f0\u00ef\u00ef`\u00f0\u00ef\u00ef` \t$ \u0007$D, /" +
  "\u009a\u00e1\u00a2b\u009a\u00e1\u00a2b\u009a\u00e1\u00a2b\u009a\u00e1\u00a2bC& #'# \t$ /\u0092" +
  "5\u00a6]\u00925\u00a6]\u00925\u00a6]\u00925\u00a6]C-C- \t$ \t$ \u0007$D-C%C, .'#C&C- .'#C#C# #" +
  "'#C*C, \t$C- \u0006$C+ \u0007$ \n$ \b$ .'#C#d3\u008dD#C$d3\u008dD$C%d3\u008dD%C&d3\u008dD&/$.." +
  ".";
export const SHIFT = 35;
