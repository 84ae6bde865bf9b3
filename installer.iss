; Kios Desktop for Windows, from the one-folder build of packaging/kios.spec.
; Build: python packaging\tasks.py build, then: iscc /DVersion=0.1.0 installer.iss

#ifndef Version
  #define Version "0.1.0"
#endif
#define Name "Kios Desktop"
#define Exe "kios-desktop.exe"

[Setup]
; Fixed for good: an upgrade is recognised by it.
AppId={{5B1B1C0E-7C53-4B43-9E64-0D5C1E6B7A21}
AppName={#Name}
AppVersion={#Version}
AppVerName={#Name} {#Version}
AppPublisher=The Kios project
LicenseFile=LICENSE
DefaultDirName={autopf}\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
; For this user by default, without asking for an administrator.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputDir=dist
OutputBaseFilename=kios-desktop-{#Version}-setup
SetupIconFile=resources\icons\kios.ico
UninstallDisplayIcon={app}\{#Exe}
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"

[Tasks]
; Never taken from another program unasked.
Name: "epub"; Description: "Open .epub files with {#Name}"; Flags: unchecked
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "dist\{#Name}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
; What an older version left inside the app's own folder; books and places are elsewhere.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\{#Exe}"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\{#Exe}"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\KiosDesktop.epub"; ValueType: string; ValueData: "EPUB book"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\KiosDesktop.epub\DefaultIcon"; ValueType: string; ValueData: "{app}\{#Exe},0"
Root: HKA; Subkey: "Software\Classes\KiosDesktop.epub\shell\open\command"; ValueType: string; ValueData: """{app}\{#Exe}"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.epub\OpenWithProgids"; ValueType: string; ValueName: "KiosDesktop.epub"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.epub"; ValueType: string; ValueData: "KiosDesktop.epub"; Flags: uninsdeletevalue; Tasks: epub

[Run]
Filename: "{app}\{#Exe}"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent
