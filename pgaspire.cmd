@echo off
rem Builds when something has changed, then runs the command line. pgaspire --help says what it does.
setlocal
set PGASPIRE_HOME=%~dp0
if "%PGASPIRE_ASPIRE%"=="" set PGASPIRE_ASPIRE=true
set SOLUTION=PgAspire.sln
if "%PGASPIRE_ASPIRE%"=="false" set SOLUTION=PgAspire.Embedded.slnf
if not exist "%~dp0artifacts" mkdir "%~dp0artifacts"
dotnet build "%~dp0%SOLUTION%" -c Release -p:UseAspirePackages=%PGASPIRE_ASPIRE% > "%~dp0artifacts\build.log" 2>&1
if errorlevel 1 (
    findstr /c:": error " "%~dp0artifacts\build.log" 1>&2
    echo pgaspire: the build failed; all of it: %~dp0artifacts\build.log. Where Aspire's packages cannot be restored, set PGASPIRE_ASPIRE=false. 1>&2
    exit /b 1
)
dotnet "%~dp0artifacts\bin\Cli\release\pgaspire.dll" %*
exit /b %errorlevel%
